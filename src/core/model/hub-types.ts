/* Parts of a hub's file: see `types.ts`. */

export interface Secret {
  use: string;
  /** As `Duration`. */
  rotate?: string;
  for: 'hub' | 'servers' | 'pull';
  /** The variable that servers read it from. */
  env?: string;
}

export interface Mount {
  name: string;
  claim: string;
  path?: string;
  at: string;
  /** As `Who`. */
  for: string[];
  readOnly: boolean;
}

/** A Helm release that is taken over, and names of its people by GitHub id. */
export interface Adoption {
  release: string;
  people: Record<string, number>;
}
