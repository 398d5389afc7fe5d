import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How the double was called. */
export interface Call {
  args: string[];
  input: string;
  env: Record<string, string>;
}

export interface Answer {
  stdout?: string;
  stderr?: string;
  code?: number;
}

/** A double of a program that our edges start: it writes down how it is called, and says what it was told to say. */
export interface Double {
  path: string;
  /** What it says from now on, one answer a call. A call more than that ends with code 97. */
  says(...answers: Answer[]): Promise<void>;
  /** The calls since it was last told what to say. */
  calls(): Promise<Call[]>;
}

const SCRIPT = `#!/bin/sh
# A test double: no real program.
n=0
while [ -e "$FOLDER/$n.args" ]; do n=$((n + 1)); done
: > "$FOLDER/$n.args"
[ $# = 0 ] || printf '%s\\0' "$@" > "$FOLDER/$n.args"
env -0 > "$FOLDER/$n.env"
cat > "$FOLDER/$n.stdin"
if [ ! -e "$FOLDER/$n.code" ]; then echo 'the double was not told what to say' >&2; exit 97; fi
cat "$FOLDER/$n.stdout"
cat "$FOLDER/$n.stderr" >&2
exit "$(cat "$FOLDER/$n.code")"
`;

/** Makes the double NAME below a folder of the test's own. */
export async function doubleOf(folder: string, name: string): Promise<Double> {
  const path = join(folder, name);
  const record = join(folder, `${name}.calls`);
  await mkdir(record, { recursive: true });
  await writeFile(path, SCRIPT.replaceAll('$FOLDER', record), { mode: 0o755 });
  return {
    path,
    says: async (...answers) => {
      await rm(record, { recursive: true });
      await mkdir(record);
      for (const [index, { stdout = '', stderr = '', code = 0 }] of answers.entries()) {
        await writeFile(join(record, `${index}.stdout`), stdout);
        await writeFile(join(record, `${index}.stderr`), stderr);
        await writeFile(join(record, `${index}.code`), String(code));
      }
    },
    calls: async () => {
      const count = (await readdir(record)).filter((file) => file.endsWith('.args')).length;
      const read = (index: number, what: string): Promise<string> =>
        readFile(join(record, `${index}.${what}`), 'utf8');
      return Promise.all(
        Array.from({ length: count }, async (_, index) => ({
          args: (await read(index, 'args')).split('\0').slice(0, -1),
          input: await read(index, 'stdin'),
          env: Object.fromEntries(
            (await read(index, 'env'))
              .split('\0')
              .filter((line) => line !== '' && !/^(PWD|_|SHLVL|OLDPWD)=/u.test(line))
              .map((line): [string, string] => {
                const at = line.indexOf('=');
                return [line.slice(0, at), line.slice(at + 1)];
              }),
          ),
        })),
      );
    },
  };
}

/** The error that a promise fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const [result] = await Promise.allSettled([promise]);
  if (result.status === 'fulfilled') throw new Error('it did not fail');
  return result.reason;
}
