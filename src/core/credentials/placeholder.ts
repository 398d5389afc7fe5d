import type { Finding, Place } from '../finding.ts';

/** Where sops reads for whom it encrypts. */
export const SOPS_FILE = '.sops.yaml';
/** What `init` writes there until somebody has a key. */
const NO_KEY = /^[^#]*\bPUBLIC-KEY\b/u;

/** A stand-in that was not replaced. */
export function placeholder(at: Place, said: Pick<Finding, 'message' | 'hint'>): Finding {
  return { rule: 'placeholder', severity: 'warning', at, ...said };
}

/** Lines of `.sops.yaml` that stand for a key which is not there yet. */
export function keyPlaceholders(text: string): Finding[] {
  return text.split('\n').flatMap((line, index) =>
    NO_KEY.test(line)
      ? [
          placeholder(
            { file: SOPS_FILE, line: index + 1, column: line.indexOf('PUBLIC-KEY') + 1 },
            {
              message: 'PUBLIC-KEY stands for a key: nothing can be encrypted yet',
              hint: 'run `age-keygen -o hubs.agekey` and write the key that it prints as public, age1…',
            },
          ),
        ]
      : [],
  );
}
