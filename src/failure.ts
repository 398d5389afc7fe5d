import type { RefusalKind } from './core/refusals/refusal.ts';

/**
 * 0 done, nothing to do, or waiting · 1 failed or refused · 2 usage, or files with errors · 3 partly done or
 * blocked · 4 something changes, where `--exit-code` asks.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/**
 * Something outside the files went wrong: a tool, the network, a token, the disk. Thrown where it happens with what
 * is known there, and caught once, in `main.ts`.
 */
export class Failure extends Error {
  readonly exit: ExitCode;
  /** What to do about it, for a person. */
  readonly hint: string;

  constructor(message: string, options: { hint: string; exit?: ExitCode; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.exit = options.exit ?? 1;
  }
}

export class UsageError extends Failure {
  constructor(message: string, hint = 'see `glaciocloud --help`') {
    super(message, { hint, exit: 2 });
  }
}

interface RefusalOptions {
  hint: string;
  cause?: unknown;
  refusal?: RefusalKind | undefined;
}

/** The cluster refused, or did not answer. */
export class KubeFailure extends Failure {
  /** What it is about, where its message was read. */
  readonly refusal: RefusalKind | undefined;
  /** Somebody else changed or made the object first. */
  readonly conflict: boolean;
  /** The object would not be a valid one, or cannot become so from what it is. */
  readonly invalid: boolean;

  constructor(
    message: string,
    options: RefusalOptions & { conflict?: boolean; invalid?: boolean },
  ) {
    super(message, options);
    this.refusal = options.refusal;
    this.conflict = options.conflict ?? false;
    this.invalid = options.invalid ?? false;
  }
}

/** Helm refused, or could not do what it was asked for. */
export class HelmFailure extends Failure {
  readonly refusal: RefusalKind | undefined;

  constructor(message: string, options: RefusalOptions) {
    super(message, options);
    this.refusal = options.refusal;
  }
}

/** A program did not end in time, and was ended. */
export class TimedOut extends Failure {}

/** Secrets that were to be supplied are not there, or cannot be read. */
export class SecretsFailure extends Failure {}

/** A bucket refused, or does not hold what it should. */
export class BucketFailure extends Failure {}

/** Docker or an image registry refused, is not as it must be, or did not answer. */
export class ImageFailure extends Failure {}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return hasMessage(error) ? error.message : String(error);
}

/** An error of another realm is no instance of our `Error`, and has a message all the same. */
function hasMessage(error: unknown): error is { message: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'message' in error &&
    typeof error.message === 'string'
  );
}
