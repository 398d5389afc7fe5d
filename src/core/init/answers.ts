/**
 * What a new platform is made from, in the order of the questions; each is an option of `init` too.
 */
export const ANSWERS = [
  'organization',
  'registry',
  'hub',
  'url',
  'cluster',
  'provider',
  'email',
  'action',
] as const;
export type AnswerName = (typeof ANSWERS)[number];
export type Answers = Readonly<Record<AnswerName, string>>;
export type Given = Readonly<Partial<Answers>>;

/** The tool at one commit. A branch or tag would let others change what runs. */
export interface Pin {
  repository: string;
  commit: string;
}

/** Whether a text is `OWNER/REPOSITORY@COMMIT`. */
export function isPin(action: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+@[0-9a-f]{40}$/u.test(action);
}

/** The parts of an answer that was found to be one. */
export function pinOf({ action }: Pick<Answers, 'action'>): Pin {
  const [repository = '', commit = ''] = action.split('@');
  return { repository, commit };
}

/**
 * How the tool is called without a clone of it. npm has no package of its name, and whoever took the name could run
 * anything: the bare name never stands behind npx.
 */
export function pinnedCall({ repository, commit }: Pin): string {
  return `npx --yes github:${repository}#${commit}`;
}

/** The issuer of certificates that a new platform counts on, by its name in the cluster. */
export const ISSUER = 'letsencrypt';

/** A hub that is reached by plain http has no entry, and so nobody who issues certificates. */
export function needsIssuer({ url }: Pick<Answers, 'url'>): boolean {
  return !/^http:/iu.test(url);
}
