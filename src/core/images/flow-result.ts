import { terminal } from '../escape.ts';
import type { Json, JsonObject } from '../json.ts';
import type { ImageResult } from './test-report.ts';

/** What became of one image on its way through the channels. */
export interface FlowResult extends Omit<ImageResult, 'outcome'> {
  outcome: ImageResult['outcome'] | 'promoted' | 'waiting' | 'yanked';
  /** Number of the pull request that asks for it. */
  pull_request: number | null;
  /** Hubs that ran the build when it was withdrawn. */
  hubs: readonly string[];
}

type Given = Pick<FlowResult, 'image' | 'outcome' | 'reason'> & Partial<FlowResult>;

/** Where nothing was built and tested. */
export function flowResult(given: Given): FlowResult {
  return {
    build: null,
    digest: null,
    size_bytes: null,
    seconds: { resolve: 0, build: 0, test: 0, push: 0 },
    tests: [],
    packages: [],
    oggm_commit: null,
    pull_request: null,
    hubs: [],
    ...given,
  };
}

/** A result in JSON: also one that nothing has asked for yet. */
export function resultJson({
  tests,
  seconds,
  ...rest
}: Pick<FlowResult, keyof ImageResult>): JsonObject {
  return { ...rest, seconds: { ...seconds }, tests: tests.map((one) => ({ ...one })) };
}

export function flowJson({ hubs, ...result }: FlowResult): Json {
  return { ...resultJson(result), hubs: [...hubs] };
}

const MARKS: Readonly<Record<FlowResult['outcome'], string>> = {
  built: '✓',
  unchanged: '·',
  failed: '✗',
  promoted: '✓',
  waiting: '…',
  yanked: '✓',
};

/** A line for each image, and under it what follows for hubs. */
export function flowText(results: readonly FlowResult[]): string {
  return results.map(resultText).join('');
}

function resultText({
  image,
  outcome,
  build,
  reason,
  hubs,
  pull_request: pull,
}: FlowResult): string {
  const what = build === null ? outcome : `${outcome} ${build}`;
  const asks = pull === null ? '' : ` (pull request ${pull})`;
  const head = terminal`${MARKS[outcome]} ${image} ${what}: ${reason}${asks}\n`;
  const runs = hubs.map(
    (hub) => terminal`    ${hub} runs it: new servers get another image when it is deployed\n`,
  );
  return terminal`${head}${runs}`.text;
}
