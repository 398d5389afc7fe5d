/** One way to write an address: hosts have no capitals, and one slash at its end says nothing. */
export function plainAddress(url: string): string {
  const parts = /^(https?:\/\/)([^/@]*)([^@]*)$/u.exec(url);
  if (!parts) return url;
  const [, scheme = '', host = '', rest = ''] = parts;
  return scheme + host.toLowerCase() + rest.replace(/(?<!\/)\/$/u, '');
}
