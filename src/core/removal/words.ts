type Disposal = 'keep' | 'archive' | 'delete';

/** What becomes of the volumes of a hub that is removed. `archive`: where what is archived goes. */
export interface Disposals {
  homes: Disposal;
  database: Disposal;
  archive: string | undefined;
}

export function disposalText({ homes, database, archive }: Disposals): string {
  const words: Record<Disposal, string> = {
    keep: 'kept',
    delete: 'deleted',
    archive: `archived to ${archive ?? ''}, then deleted here`,
  };
  return homes === database
    ? `homes and database: ${words[homes]}`
    : `homes: ${words[homes]}; database: ${words[database]}`;
}
