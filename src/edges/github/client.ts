import { Octokit } from '@octokit/rest';
import type { Json } from '../../core/json.ts';
import { messageOf } from '../../failure.ts';
import { Answer, GithubRefused } from './answer.ts';
import { Pace, statusOf, waitAfter } from './pace.ts';
import type { WaitingClock } from './pace.ts';

export interface GithubSettings {
  /** Address of the API; GitHub's own, or that of an enterprise server. */
  api: string;
  token: string;
  owner: string;
  repo: string;
}

type Fields = Readonly<Record<string, unknown>>;

const HINTS: Readonly<Record<string, string>> = {
  401: 'the token is wrong or has expired',
  403: 'the token may not do this: look at `permissions:` of the job',
  404: 'it does not exist, or the token may not see it',
  422: 'GitHub refused the content',
};

/** Requests about one repository. Waits and retries as GitHub asks; answers are read with their shapes checked. */
export class GithubClient {
  readonly #octokit: Octokit;
  readonly #repo: { owner: string; repo: string };
  #me: number | undefined;

  constructor({ api, token, owner, repo }: GithubSettings, clock: WaitingClock) {
    this.#repo = { owner, repo };
    const silent = (): void => undefined;
    this.#octokit = new Octokit({
      baseUrl: api,
      auth: token,
      request: { fetch: (...given: Parameters<typeof fetch>) => globalThis.fetch(...given) },
      log: { debug: silent, info: silent, warn: silent, error: silent },
    });
    const pace = new Pace(clock);
    this.#octokit.hook.wrap('request', async (request, options) => {
      for (let tried = 1; ; tried += 1) {
        await pace.turn(options.method, options.url);
        try {
          return await request(options);
        } catch (error) {
          const wait = waitAfter(error, tried, clock.now());
          if (wait === undefined) throw error;
          await clock.sleep(wait);
        }
      }
    });
  }

  /** `what` is named where GitHub refuses; `route` is relative to the repository, such as `GET /pulls/{pull}`. */
  async ask(what: string, route: string, fields: Fields = {}): Promise<Answer> {
    return (await this.#send(what, inRepository(route), { ...this.#repo, ...fields })).answer;
  }

  /** As `ask`; undefined where GitHub says that there is no such thing. */
  async askMaybe(what: string, route: string, fields: Fields = {}): Promise<Answer | undefined> {
    try {
      return await this.ask(what, route, fields);
    } catch (error) {
      if (error instanceof GithubRefused && error.status === 404) return undefined;
      throw error;
    }
  }

  /** A list to its last page. */
  async all(what: string, route: string, fields: Fields = {}): Promise<Answer[]> {
    let page = await this.#send(what, inRepository(route), {
      ...this.#repo,
      ...fields,
      per_page: 100,
    });
    const items = page.answer.list('');
    while (page.next !== undefined) {
      page = await this.#send(what, `GET ${page.next}`, {});
      items.push(...page.answer.list(''));
    }
    return items;
  }

  /** The id of who this token belongs to: what we wrote before bears it. A token of an App can only ask this way. */
  async me(): Promise<number> {
    if (this.#me === undefined) {
      const body = await explained('who we are', () =>
        this.#octokit.graphql<unknown>('{ viewer { databaseId } }'),
      );
      this.#me = new Answer('who we are', body as Json).id('/viewer/databaseId');
    }
    return this.#me;
  }

  /** An answer, and the address of the next page where the answer is a list with more of them. */
  async #send(
    what: string,
    route: string,
    fields: Record<string, unknown>,
  ): Promise<{ answer: Answer; next: string | undefined }> {
    const response = await explained(what, () => this.#octokit.request(route, fields));
    const next = /<([^<>]+)>; rel="next"/u.exec(response.headers.link ?? '')?.[1];
    return { answer: new Answer(what, response.data as Json), next };
  }
}

function inRepository(route: string): string {
  return route.replace(' ', ' /repos/{owner}/{repo}');
}

/** What a call throws, as one clear message. */
async function explained<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const status = statusOf(cause);
    throw new GithubRefused(`GitHub refused ${what}: ${messageOf(cause).split(' - ')[0] ?? ''}`, {
      hint: HINTS[String(status)] ?? 'try again later; githubstatus.com knows of outages',
      status,
      cause,
    });
  }
}
