// The arrow of a link that leads back; the link has the text.

export const BackArrow = () => (
  <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M10 3 5 8l5 5" /></svg>
)
