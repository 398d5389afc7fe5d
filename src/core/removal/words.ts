import { textAt } from '../json.ts';
import type { Release } from '../unit.ts';

type Disposal = 'keep' | 'archive' | 'delete';

/** What becomes of the volumes of a hub that is removed. `archive`: where what is archived goes. */
export interface Disposals {
  homes: Disposal;
  database: Disposal;
  archive: string | undefined;
  /** A claim of others that homes lie on. */
  claim: string | undefined;
}

/** The claim that holds homes as folders: others have made it, and it is theirs. */
export function claimOfOthers({ values }: Pick<Release, 'values'>): string | undefined {
  const storage = '/jupyterhub/singleuser/storage';
  if (textAt(values, `${storage}/type`) !== 'static') return undefined;
  return textAt(values, `${storage}/static/pvcName`) || undefined;
}

export function disposalText({ homes, database, archive, claim }: Disposals): string {
  const words: Record<Disposal, string> = {
    keep: 'kept',
    delete: 'deleted',
    archive: `archived to ${archive ?? ''}, then deleted here`,
  };
  const said =
    homes === database
      ? `homes and database: ${words[homes]}`
      : `homes: ${words[homes]}; database: ${words[database]}`;
  return claim === undefined
    ? said
    : `${said}; but the claim ${claim}, where homes are folders, stays as it is: others have made it`;
}
