import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import Bottleneck from 'bottleneck/light.js';
import type { Json } from '../../core/json.ts';
import { append } from '../../core/lists.ts';
import { messageOf } from '../../failure.ts';
import { Answer, GithubRefused } from './answer.ts';

export interface GithubSettings {
  /** Address of the API; GitHub's own, or that of an enterprise server. */
  api: string;
  token: string;
  owner: string;
  repo: string;
}

const Client = Octokit.plugin(retry, throttling);

/** A limit that ends later than this is not waited for. */
const LONGEST_LIMIT_SECONDS = 300;
const RETRIES = 3;

/** Milliseconds that a second of GitHub's etiquette lasts: 1000, and less for a simulated GitHub. */
export type Second = number;

type Fields = Readonly<Record<string, unknown>>;

const HINTS: Readonly<Record<string, string>> = {
  401: 'the token is wrong or has expired',
  403: 'the token may not do this: look at `permissions:` of the job',
  404: 'it does not exist, or the token may not see it',
  422: 'GitHub refused the content',
};

/** Requests about one repository. Waits and retries as GitHub asks; answers are read with their shapes checked. */
export class GithubClient {
  readonly #octokit: InstanceType<typeof Client>;
  readonly #repo: { owner: string; repo: string };
  #me: number | undefined;

  /** `pause`: seconds from one write or question in GraphQL to the next. */
  constructor({ api, token, owner, repo }: GithubSettings, second: Second, pause = 1) {
    this.#repo = { owner, repo };
    const silent = (): void => undefined;
    const again = (after: number, _options: unknown, _client: unknown, count: number): boolean =>
      after <= LONGEST_LIMIT_SECONDS && count < RETRIES;
    const every = (seconds: number): Bottleneck.Group =>
      new Bottleneck.Group({ maxConcurrent: 1, minTime: seconds * second });
    this.#octokit = new Client({
      baseUrl: api,
      auth: token,
      request: { fetch: (...given: Parameters<typeof fetch>) => globalThis.fetch(...given) },
      retry: { retries: RETRIES, retryAfterBaseValue: second },
      throttle: {
        retryAfterBaseValue: second,
        write: every(pause),
        notifications: every(3),
        onRateLimit: again,
        onSecondaryRateLimit: again,
      },
      log: { debug: silent, info: silent, warn: silent, error: silent },
    });
  }

  /** `what` is named where GitHub refuses; `route` is relative to the repository, such as `GET /pulls/{pull}`. */
  async ask(what: string, route: string, fields: Fields = {}): Promise<Answer> {
    const response: { data: unknown } = await explained(what, () =>
      this.#octokit.request(inRepository(route), { ...this.#repo, ...fields }),
    );
    return new Answer(what, response.data as Json);
  }

  /** What belongs to no repository, such as an account. */
  async askGlobal(what: string, route: string, fields: Fields = {}): Promise<Answer> {
    const response: { data: unknown } = await explained(what, () =>
      this.#octokit.request(route, { ...fields }),
    );
    return new Answer(what, response.data as Json);
  }

  /** As `ask`; undefined where GitHub says that there is no such thing. */
  async askMaybe(what: string, route: string, fields: Fields = {}): Promise<Answer | undefined> {
    try {
      return await this.ask(what, route, fields);
    } catch (error) {
      if (error instanceof GithubRefused && (error.status === 404 || error.status === 410))
        return undefined;
      throw error;
    }
  }

  /** What is no JSON; undefined where it is gone. */
  async bytes(what: string, route: string, fields: Fields = {}): Promise<Uint8Array | undefined> {
    try {
      const response: { data: unknown } = await explained(what, () =>
        this.#octokit.request(inRepository(route), { ...this.#repo, ...fields }),
      );
      const { data } = response;
      return data instanceof ArrayBuffer ? new Uint8Array(data) : undefined;
    } catch (error) {
      if (error instanceof GithubRefused && (error.status === 404 || error.status === 410))
        return undefined;
      throw error;
    }
  }

  /** A list to its last page. */
  async all(what: string, route: string, fields: Fields = {}): Promise<Answer[]> {
    return explained(what, async () => {
      const items: Answer[] = [];
      const given = { ...this.#repo, ...fields, per_page: 100 };
      const pages: AsyncIterable<{ data: unknown }> = this.#octokit.paginate.iterator(
        inRepository(route),
        given,
      );
      for await (const page of pages) append(items, new Answer(what, page.data as Json).list(''));
      return items;
    });
  }

  /** A question that needs GraphQL. An answer with errors in it is refused as a whole. */
  async graphql(what: string, query: string, variables: Fields): Promise<Answer> {
    const body = await explained(what, () =>
      this.#octokit.graphql<unknown>(query, { ...variables }),
    );
    return new Answer(what, body as Json);
  }

  /** As `graphql`; what GitHub does not find is null in the answer, and everything else is there. */
  async graphqlMaybe(what: string, query: string, variables: Fields): Promise<Answer> {
    const body = await explained(what, () =>
      this.#octokit.graphql<unknown>(query, { ...variables }).catch(partOf),
    );
    return new Answer(what, body as Json);
  }

  /** The id of who this token belongs to: what we wrote before bears it. A token of an App can only ask this way. */
  async me(): Promise<number> {
    if (this.#me === undefined) {
      const answer = await this.graphql('who we are', '{ viewer { databaseId } }', {});
      this.#me = answer.id('/viewer/databaseId');
    }
    return this.#me;
  }
}

/** The data of an answer whose errors all say that something is not there. */
function partOf(error: unknown): unknown {
  const { data, errors } = isPartial(error) ? error : {};
  if (data && errors?.every((one) => one.type === 'NOT_FOUND')) return data;
  throw error;
}

/** What the client throws where GraphQL answers with errors. */
function isPartial(error: unknown): error is { data?: object; errors?: { type?: string }[] } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'errors' in error &&
    Array.isArray(error.errors) &&
    'data' in error &&
    typeof error.data === 'object'
  );
}

function inRepository(route: string): string {
  return route.replace(' ', ' /repos/{owner}/{repo}');
}

/** What a call throws, as one clear message. */
async function explained<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof GithubRefused) throw cause;
    const status = statusOf(cause);
    throw new GithubRefused(`GitHub refused ${what}: ${reasonOf(cause)}`, {
      hint: HINTS[String(status)] ?? 'try again later; githubstatus.com knows of outages',
      status,
      cause,
    });
  }
}

/** The first line, without the link that the client adds. GraphQL's reasons stand in the lines after it. */
function reasonOf(cause: unknown): string {
  const reason = messageOf(cause);
  const graphql = /^Request failed due to following response errors:\n - (.*)/u.exec(reason);
  return graphql?.[1] ?? reason.split(' - ')[0] ?? '';
}

function statusOf(cause: unknown): number | undefined {
  const status =
    typeof cause === 'object' && cause !== null && 'status' in cause ? cause.status : undefined;
  return typeof status === 'number' ? status : undefined;
}
