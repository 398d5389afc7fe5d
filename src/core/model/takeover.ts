/** A Helm release of others that a hub's first deployment makes its own. */
export interface Takeover {
  release: string;
  namespace: string;
}

/** The same in every text that people read. */
export function takeoverText({ release, namespace }: Takeover): string {
  return `takes over release ${release} in namespace ${namespace}`;
}
