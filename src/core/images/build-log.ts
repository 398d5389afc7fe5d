/** Lines of `docker buildx build --progress plain` → what a person wants to hear of them. */
export class BuildLog {
  readonly #steps = new Map<string, string>();
  readonly #lines: string[] = [];

  /** What to say after this line, if anything. */
  add(line: string): string | undefined {
    this.#lines.push(line);
    const [, step = '', rest = ''] = /^#([0-9]+) (.*)/u.exec(line) ?? [];
    const title = /^\[[^\]]*[0-9]+\/[0-9]+\] (.*)/u.exec(rest);
    if (title) this.#steps.set(step, withoutMounts(title[1] ?? ''));
    if (rest === 'exporting to image') this.#steps.set(step, 'exporting layers');
    const seconds = /^DONE ([0-9.]+)s$/u.exec(rest)?.[1];
    const done = this.#steps.get(step);
    if (seconds === undefined || done === undefined) return undefined;
    this.#steps.delete(step);
    return `${done}: ${seconds} s`;
  }

  /** The first error, in at most three lines. */
  firstError(): string {
    const begin = this.#lines.findIndex((line) => line.startsWith(' > ['));
    const block = begin === -1 ? [] : this.#lines.slice(begin + 1);
    const end = block.indexOf('------');
    const said = block.slice(0, end === -1 ? undefined : end).map(withoutClock);
    const errors = said.filter((line) => /error|not found|no such|cannot/iu.test(line));
    const chosen = errors.length > 0 ? errors.slice(0, 3) : said.slice(-3);
    if (chosen.length > 0) return chosen.join('\n');
    const last = this.#lines.filter((line) => line.trim() !== '').at(-1);
    return last ?? 'the build ended without a word';
  }
}

function withoutClock(line: string): string {
  return line.replace(/^[0-9]+\.[0-9]+ /u, '');
}

/** A step as its author wrote it. */
function withoutMounts(title: string): string {
  return title.replace(/^RUN (?:--mount=\S+ )+\[[^;]*; /u, 'RUN ');
}
