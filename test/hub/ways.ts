import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import pMap from 'p-map';
import { manifestFindings } from '../../src/core/check/run.ts';
import { firstAccess } from '../../src/core/access/door.ts';
import { hasErrors } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding.ts';
import { standInSecrets } from '../../src/core/hub/values/stand-ins.ts';
import { promisesOf } from '../../src/core/hub/promises.ts';
import { wantedReleases } from '../../src/core/hub/release.ts';
import { loadCheckObjects } from '../../src/core/hub/throw-away.ts';
import { merge } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { documentsIn, parseObject } from '../../src/core/manifests.ts';
import { cores } from '../../src/edges/cores.ts';
import { withTemporaryFolder } from '../../src/edges/files.ts';
import { findHelm, template } from '../../src/edges/helm.ts';
import { allFindings } from '../../src/flow/findings.ts';
import { gatherCharts } from '../../src/gather/charts.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';

/*
 * For tests in Python: every hub of a table such as ways.yaml in one platform, with the charts of the folder that is named. Prints
 * {hub: {errors: [rule], warnings: [rule], objects: [...]}}; `objects` are those of the load check's pod.
 */
interface Way {
  name: string;
  values?: JsonObject;
  code?: string;
  /** Other keys of its file. */
  hub?: JsonObject;
}

const [chartsFrom = '', tableFrom = ''] = process.argv.slice(2);
const report = { progress: () => undefined };
const table = load(await readFile(tableFrom, 'utf8')) as Record<'ways' | 'neighbours', Way[]>;
const root = await mkdtemp(join(tmpdir(), 'glaciocloud-ways-'));
try {
  await writeHubs([...table.ways, ...table.neighbours]);
  process.stdout.write(JSON.stringify(await answers()));
} finally {
  await rm(root, { recursive: true });
}

async function writeHubs(ways: readonly Way[]): Promise<void> {
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  const file = join(root, 'environments/hub.yaml');
  const base = load(await readFile(file, 'utf8')) as JsonObject;
  await rm(file);
  for (const { name, values, code, hub: keys = {} } of ways) {
    const coded = code === undefined ? {} : { hub: { extraConfig: { course: `${code}\n` } } };
    const own = { url: `https://${name}.example.org`, values: values ?? coded };
    const hub = { ...merge(base, own), ...keys };
    await writeFile(join(root, `environments/${name}.yaml`), dump(hub));
  }
}

async function answers(): Promise<Record<string, unknown>> {
  const reading = await gatherPlatform(root);
  const { platform } = reading;
  if (!platform) throw new Error(JSON.stringify(reading.findings));
  const charts = await gatherCharts(platform, { root, chartsFrom, report });
  const found = await allFindings(reading, charts, 0);
  const wanted = wantedReleases(platform, charts).filter(({ unit }) => unit.kind === 'hub');
  const helm = await findHelm();
  return withTemporaryFolder(async (scratch) => {
    const chart = await charts.assemble(scratch);
    const answer = async ({
      unit,
      release,
    }: (typeof wanted)[number]): Promise<[string, unknown]> => {
      const own = found.filter(({ at }) => at.file === `environments/${unit.name}.yaml`);
      const doc = platform.environments.get(unit.name);
      if (!doc || hasErrors(own)) return [unit.name, { errors: idsOf(own, 'error') }];
      const { namespace, values } = release;
      const text = await template(helm, {
        release: unit.name,
        namespace,
        chart,
        kubernetes: '1.35',
        values,
        placeholders: standInSecrets(values['jupyterhub'] as JsonObject),
        scratch,
      });
      own.push(...manifestFindings({ unit, manifests: text }, { platform, now: 0 }));
      const made = documentsIn(text).map(parseObject);
      const objects = loadCheckObjects(made, {
        namespace,
        name: 'load-check',
        scripts: {},
        promises: promisesOf(release, made),
      });
      objects.push(secret('hub-access', 'access.json', JSON.stringify(firstAccess(doc.data))));
      const [errors, warnings] = [idsOf(own, 'error'), idsOf(own, 'warning')];
      return [unit.name, { errors, warnings, objects }];
    };
    return Object.fromEntries(await pMap(wanted, answer, { concurrency: cores() }));
  });
}

function secret(name: string, key: string, text: string): JsonObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { [key]: text } };
}

function idsOf(findings: readonly Finding[], severity: Finding['severity']): string[] {
  return findings.filter((one) => one.severity === severity).map(({ rule }) => rule);
}
