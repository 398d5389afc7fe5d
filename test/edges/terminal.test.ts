import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { standardStreams, withTerminal } from '../../src/edges/terminal.ts';
import { UsageError } from '../../src/failure.ts';

const streams = (): { input: PassThrough; output: PassThrough; shown: () => string } => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  return { input, output, shown: () => String(output.read() ?? '') };
};

describe('questions', () => {
  test('are shown, and lines pasted at once answer them one by one', async () => {
    const { input, output, shown } = streams();
    input.write('  one \ntwo\n');
    const answers = await withTerminal({ input, output }, async (terminal) => {
      terminal.say('Hello.\n');
      return [await terminal.ask('First? '), await terminal.ask('Second? ')];
    });
    expect(answers).toEqual(['one', 'two']);
    expect(shown()).toBe('Hello.\nFirst? Second? ');
  });

  test('are answered by what was left when the input ended, and then by nobody', async () => {
    const { input, output, shown } = streams();
    input.end('one\ntwo\n');
    const answers: string[] = [];
    await expect(
      withTerminal({ input, output }, async (terminal) => {
        for (const question of ['First? ', 'Second? ', 'Third? '])
          answers.push(await terminal.ask(question));
      }),
    ).rejects.toMatchObject({
      message: 'the questions were not answered',
      hint: 'nothing was written; run it again',
      exit: 2,
    });
    expect(answers).toEqual(['one', 'two']);
    expect(shown()).toBe('First? Second? Third? ');
  });

  test('leave the input to others when they end, be it by a failure', async () => {
    const { input, output } = streams();
    await expect(
      withTerminal({ input, output }, () => Promise.reject(new UsageError('no'))),
    ).rejects.toThrow('no');
    expect(input.listenerCount('data') + input.listenerCount('readable')).toBe(0);
    expect(input.isPaused()).toBe(true);
  });
});

describe('somebody sits there', () => {
  const real = [process.stdin.isTTY, process.stderr.isTTY];
  const sit = (input: boolean, output: boolean): void => {
    Object.defineProperty(process.stdin, 'isTTY', { value: input, configurable: true });
    Object.defineProperty(process.stderr, 'isTTY', { value: output, configurable: true });
  };
  afterEach(() => sit(real[0] ?? false, real[1] ?? false));

  test('only where questions can be shown and answered', () => {
    sit(true, true);
    expect(standardStreams()).toEqual({ input: process.stdin, output: process.stderr });
    for (const [input, output] of [
      [true, false],
      [false, true],
      [false, false],
    ] as const) {
      sit(input, output);
      expect(standardStreams()).toBeUndefined();
    }
  });
});
