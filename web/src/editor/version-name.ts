// The names that a version may have, as the server checks them: an address must
// never mean two things.

export type VersionFault = 'empty' | 'digits' | 'at' | 'dash' | 'time'

/** versionFault is why a version cannot have this name. The server decides; this spares a round trip. */
export function versionFault(name: string): VersionFault | null {
  if (name === '') return 'empty'
  if (name.includes('@')) return 'at'
  if (name.startsWith('-')) return 'dash'
  if (/^\d+$/u.test(name)) return 'digits'
  if (/^\d{4}-\d\d-\d\d[tT ]\d\d:\d\d/u.test(name)) return 'time' // RFC 3339, as at= accepts it
  return null
}
