import { oneLine, short } from '../../core/escape.ts';
import type { TrackingIssues } from '../../ports.ts';
import { GithubRefused } from './answer.ts';
import type { Answer } from './answer.ts';
import type { GithubClient } from './client.ts';
import { comment, isBy } from './pulls.ts';

/** GitHub: title of an issue. */
const TITLE_LIMIT = 256;

export class GithubIssues implements TrackingIssues {
  readonly #client: GithubClient;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  /** Where several of ours are open, the oldest is kept, and the others point to it. */
  async openIssue(labels: readonly string[], text: string, body: string): Promise<number> {
    const title = short(oneLine(text), TITLE_LIMIT);
    const [known, ...others] = await this.#ours(labels);
    if (known === undefined) return this.#create(labels, title, body);
    await this.#change(known, { title, body });
    for (const other of others) await this.#close(other, `#${known} says the same.`);
    return known;
  }

  async closeIssue(labels: readonly string[], why: string): Promise<void> {
    for (const issue of await this.#ours(labels)) await this.#close(issue, why);
  }

  async issueTexts(labels: readonly string[]): Promise<string[]> {
    return (await this.#open(labels)).map((one) => one.textOrNone('/body') ?? '');
  }

  /** Numbers of our own open issues with these labels, oldest first: what others opened is not ours to change. */
  async #ours(labels: readonly string[]): Promise<number[]> {
    const open = await this.#open(labels);
    if (open.length === 0) return [];
    const me = await this.#client.me();
    return open
      .filter((one) => isBy(one, me))
      .map((one) => one.id('/number'))
      .sort((a, b) => a - b);
  }

  /** GitHub lists pull requests as issues: those are left out. */
  async #open(labels: readonly string[]): Promise<Answer[]> {
    const listed = await this.#client.all('issues', 'GET /issues', {
      state: 'open',
      labels: labels.join(','),
    });
    return listed.filter((one) => !one.has('/pull_request'));
  }

  async #create(labels: readonly string[], title: string, body: string): Promise<number> {
    const made = await this.#client.ask('an issue', 'POST /issues', { title, body, labels });
    const number = made.id('/number');
    const kept = made.list('/labels').map((one) => one.text('/name'));
    if (labels.some((label) => !kept.includes(label)))
      throw new GithubRefused(`GitHub left the labels of issue ${number} out`, {
        hint: 'without them it is not found again: the job needs `permissions: {issues: write}`',
      });
    return number;
  }

  async #close(issue: number, why: string): Promise<void> {
    await comment(this.#client, issue, why);
    await this.#change(issue, { state: 'closed' });
  }

  async #change(issue: number, fields: Readonly<Record<string, string>>): Promise<void> {
    await this.#client.ask('an issue', 'PATCH /issues/{issue}', { issue, ...fields });
  }
}
