import { pinOf } from '../init/answers.ts';
import type { Pin } from '../init/answers.ts';
import { OWN } from '../init/files.ts';
import { foreignWorkflow } from '../init/workflow.ts';
import { canonical, isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Platform } from '../model/types.ts';
import { readSource } from '../source.ts';
import { missing, ok, quoted, unknown } from './check.ts';
import type { Check } from './check.ts';

/** Texts by path, `.github/workflows/…`: those of the platform, and those of this version of the tool. */
export interface WorkflowFacts {
  here: ReadonlyMap<string, string>;
  tool: ReadonlyMap<string, string>;
}

/** Whether each workflow is there and does what this version's does: times, runners and branches are the platform's. */
export function workflowChecks(platform: Platform, { here, tool }: WorkflowFacts): Check[] {
  if (tool.size === 0)
    return [
      unknown('github/workflow', '.github/workflows', {
        why: 'this copy of GlacioCloud has no workflows to compare with',
        set: 'node dist/cli.js doctor # in a whole checkout of its repository',
      }),
    ];
  const pins = [...here.values()].flatMap((text) => pinIn(text) ?? []);
  return [...tool]
    .filter(([path]) => !OWN.includes(path))
    .map(([path, text]) =>
      workflowCheck(path, here.get(path), text, () => fix(platform, path, pins[0])),
    );
}

function workflowCheck(
  path: string,
  found: string | undefined,
  text: string,
  fixed: () => string,
): Check {
  const id = 'github/workflow';
  if (found === undefined) return missing(id, path, 'is not there', fixed());
  const pin = pinIn(found);
  const expected = pin ? foreignWorkflow(text, pin) : text;
  const isSame = essence(path, found) === essence(path, expected);
  return isSame
    ? ok(id, path, 'does what this version does')
    : missing(id, path, 'does something else than this version’s', fixed());
}

/** The commit of the tool that a workflow uses. */
function pinIn(text: string): Pin | undefined {
  const found = /^ +repository: (\S+)\n +ref: "?([0-9a-f]{40})"?$/mu.exec(text);
  return found ? pinOf({ action: `${found[1] ?? ''}@${found[2] ?? ''}` }) : undefined;
}

const OWN_KEYS = ['runs-on', 'timeout-minutes', 'cron', 'branches'];

function essence(path: string, text: string): string {
  const { data, findings } = readSource(path, text);
  return findings.length > 0 ? text : canonical(withoutOwn(data));
}

function withoutOwn(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutOwn);
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  for (const [key, item] of Object.entries(value))
    if (!OWN_KEYS.includes(key)) kept[key] = withoutOwn(item);
  return kept;
}

/** `init` keeps what is there, so it writes beside, and the file is copied from there. */
function fix({ settings, environments }: Platform, path: string, pin: Pin | undefined): string {
  const [hub] = [...environments.values()];
  const options: [string, string][] = [
    ['organization', settings.data.organization],
    ['url', hub?.data.url ?? 'https://HUB'],
    ['email', 'ADDRESS'],
    ['action', pin ? `${pin.repository}@${pin.commit}` : 'OWNER/REPO@SHA'],
  ];
  const words = options.map(([name, value]) => `--${name} ${quoted(value)}`).join(' ');
  const place = '.glaciocloud/fresh';
  return `glaciocloud init --root ${place} ${words} && cp ${place}/${path} ${path}`;
}
