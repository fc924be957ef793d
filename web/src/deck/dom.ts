// Making elements. Text only ever becomes text nodes, never markup.

type Attributes = Record<string, string | boolean>

/** el makes an element; an attribute of false is left out, one of true is empty. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) e.setAttribute(name, value === true ? '' : value)
  }
  e.append(...children)
  return e
}

/** say sets an element's text where it differs, so that nothing is announced or selected anew. */
export function say(e: Element, text: string): void {
  if (e.textContent !== text) e.textContent = text
}

/** hint sets a title where it differs. */
export function hint(e: HTMLElement, text: string): void {
  if (e.title !== text) e.title = text
}

export function show(e: HTMLElement, on: boolean): void {
  if (e.hidden === on) e.hidden = !on
}

/** A view has a root, and draws what the client's state now says. */
export interface View {
  root: HTMLElement
  draw(): void
  /** keep is called at once with every change of state, before the next key can arrive; draw only before the next frame. */
  keep?(): void
  /** shown is called when the view comes on the page. */
  shown?(): void
}
