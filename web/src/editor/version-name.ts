// What a version may be called, as the server will check it: an address must
// never read two ways.

export type VersionFault = 'empty' | 'digits' | 'at' | 'dash' | 'time'

/** versionFault is why name cannot be one; the server decides, this spares a round trip. */
export function versionFault(name: string): VersionFault | null {
  if (name === '') return 'empty'
  if (name.includes('@')) return 'at'
  if (name.startsWith('-')) return 'dash'
  if (/^\d+$/u.test(name)) return 'digits'
  if (/^\d{4}-\d\d-\d\d[tT ]\d\d:\d\d/u.test(name)) return 'time' // RFC 3339, as at= has it
  return null
}
