import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { Failure, TimedOut } from '../failure.ts';
import type { Ended, Streaming } from '../ports.ts';
import { endsWithUs } from './ending.ts';

export interface ExecOptions {
  /** Added to a small, fixed environment; nothing of ours leaks to tools by accident. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  input?: string;
  timeoutMs?: number;
  onStdout?: (text: string) => void;
  onStderr?: (text: string) => void;
  /** Ends the program when it fires. */
  signal?: AbortSignal;
}

export interface ExecResult extends Ended {
  /** stdout as it came. */
  bytes: Buffer;
}

class ToolMissing extends Failure {}

/** What a tool may see of our environment. Proxy and certificate settings belong to the machine, not to us. */
const PASSED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'USER',
];

function environment({ env = {} }: ExecOptions): Record<string, string> {
  const passed = PASSED.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  return {
    LC_ALL: 'C',
    TZ: 'UTC',
    ...(Object.fromEntries(passed) as Record<string, string>),
    ...env,
  };
}

function missing(program: string, cause: NodeJS.ErrnoException): ToolMissing {
  return new ToolMissing(`${program} cannot be started (${cause.code ?? cause.message})`, {
    hint: `install ${program}, or put it on the PATH`,
    cause,
  });
}

/**
 * Runs a program with an argument list, never through a shell. Resolves with any exit code; throws only if it
 * cannot be started or runs too long.
 */
export function exec(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      ...(options.signal ? { signal: options.signal } : {}),
      env: environment(options),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    endsWithUs(child);
    const stdout: Buffer[] = [];
    const heard = new StringDecoder('utf8'); // a chunk may end within a letter
    const stderr: Buffer[] = [];
    let late = false;
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            child.kill('SIGKILL');
          }, options.timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      options.onStdout?.(heard.write(chunk));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr.push(chunk);
      options.onStderr?.(chunk.toString('utf8'));
    });
    child.stdin.on('error', () => undefined); // the program may end before it has read everything
    child.stdin.end(options.input ?? '');
    child.on('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(missing(program, cause));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (late)
        reject(
          new TimedOut(
            `${program} ${args[0] ?? ''} did not end within ${(options.timeoutMs ?? 0) / 1000} s`,
            { hint: 'try again; if it happens again, look at the machine' },
          ),
        );
      else {
        const bytes = Buffer.concat(stdout);
        const said = Buffer.concat(stderr).toString('utf8');
        resolve({
          code: code ?? 128,
          stdout: bytes.toString('utf8'),
          stderr: signal === null ? said : `${said}\nthe program was killed by ${signal}`,
          bytes,
        });
      }
    });
  });
}

/** The same for a program that says more than memory holds. */
export function stream(
  program: string,
  args: readonly string[],
  options: Pick<ExecOptions, 'env' | 'input'> = {},
): Streaming {
  const child = spawn(program, args, {
    env: environment(options),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  endsWithUs(child);
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const ended = new Promise<Pick<Ended, 'code' | 'stderr'>>((resolve, reject) => {
    child.on('error', (cause: NodeJS.ErrnoException) => reject(missing(program, cause)));
    child.on('close', (code) =>
      resolve({ code: code ?? 128, stderr: Buffer.concat(stderr).toString('utf8') }),
    );
  });
  ended.catch(() => undefined); // whoever reads the output asks for it, or has failed before
  return { output: child.stdout, ended, kill: () => child.kill('SIGKILL') };
}
