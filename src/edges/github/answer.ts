import { at, isObject } from '../../core/json.ts';
import type { Json } from '../../core/json.ts';
import { Failure } from '../../failure.ts';

/** GitHub did not do what it was asked, or its answer is of no use. */
export class GithubRefused extends Failure {
  /** Status of the HTTP answer, where there was one. */
  readonly status: number | undefined;

  constructor(
    message: string,
    options: { hint: string; status?: number | undefined; cause?: unknown },
  ) {
    super(message, options);
    this.status = options.status;
  }
}

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u;

/** What GitHub answered. Fields are read by JSON pointer, and what decides something is of its shape or refused. */
export class Answer {
  readonly #what: string;
  readonly #body: Json;

  constructor(what: string, body: Json) {
    this.#what = what;
    this.#body = body;
  }

  text(path: string): string {
    return this.textOrNone(path) ?? this.#refuse(path);
  }

  /** Undefined where there is none, or null. */
  textOrNone(path: string): string | undefined {
    const found = at(this.#body, path) ?? undefined;
    return found === undefined || typeof found === 'string' ? found : this.#refuse(path);
  }

  /** The name of a git object: 40 hex digits, or 64. */
  sha(path: string): string {
    return this.shaOrNone(path) ?? this.#refuse(path);
  }

  shaOrNone(path: string): string | undefined {
    const found = this.textOrNone(path);
    return found === undefined || COMMIT.test(found) ? found : this.#refuse(path);
  }

  /** A number that names something: an id, or the number of an issue. */
  id(path: string): number {
    const found = at(this.#body, path);
    return typeof found === 'number' && Number.isSafeInteger(found) && found > 0
      ? found
      : this.#refuse(path);
  }

  idOrNone(path: string): number | undefined {
    return this.has(path) ? this.id(path) : undefined;
  }

  /** How many there are of something. */
  count(path: string): number {
    const found = at(this.#body, path);
    return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0
      ? found
      : this.#refuse(path);
  }

  flag(path: string): boolean {
    const found = at(this.#body, path);
    return typeof found === 'boolean' ? found : this.#refuse(path);
  }

  /** Whether there is something other than null. */
  has(path: string): boolean {
    return (at(this.#body, path) ?? null) !== null;
  }

  list(path: string): Answer[] {
    const found = at(this.#body, path);
    if (!Array.isArray(found) || !found.every(isObject)) return this.#refuse(path);
    return found.map((one) => new Answer(this.#what, one));
  }

  #refuse(path: string): never {
    throw new GithubRefused(`GitHub answered ${this.#what} without a proper ${path || 'list'}`, {
      hint: 'try again later; if it stays, report it',
    });
  }
}
