import { screen, screenJson } from '../core/escape.ts';
import type { Outcome } from '../outcome.ts';
import { painted, paints } from './paint.ts';

/** Where results and progress go: a terminal, or the runner of GitHub Actions. */
export interface Report {
  /** On stderr or the log; for everything that takes over two seconds. */
  progress(text: string): void;
  result(result: Outcome, json: boolean): Promise<void>;
  failure(message: string, hint: string): void;
}

export function terminalReport(): Report {
  return {
    progress: (text) => process.stderr.write(screen(`· ${text}\n`)),
    result: (result, json) => {
      const data = (): string => screenJson(`${JSON.stringify(result.json, null, 2)}\n`);
      const text = (): string => {
        const shown = screen(result.text);
        return paints(process.stdout, process.env) ? painted(shown) : shown;
      };
      process.stdout.write(json ? data() : text());
      return Promise.resolve();
    },
    failure: (message, hint) => process.stderr.write(screen(`✗ ${message}\n  ${hint}\n`)),
  };
}
