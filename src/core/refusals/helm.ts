import { quote, row } from './refusal.ts';
import type { Refusal, RefusalKind, Row } from './refusal.ts';

function refused(kind: RefusalKind, object: string, text: string, cure: string): Refusal {
  return { kind, object, field: '', text: object === '' ? text : `${object}: ${text}`, cure };
}

/** Releases, as Helm keeps them. */
export const RELEASES: readonly Row[] = [
  row(/another operation \(install\/upgrade\/rollback\) is in progress/gu, () =>
    refused(
      'pending',
      '',
      'another Helm works on this release, or was killed while it did',
      'wait until it is done; where nothing runs any more, the next deployment clears what was left',
    ),
  ),
  row(/cannot reuse a name that is still in use/gu, () =>
    refused(
      'exists',
      '',
      'there is a release of this name already',
      'look at it with `helm list`, and take another name or remove it',
    ),
  ),
  row(
    /: (?<kind>[A-Z]\w+) "(?<name>[^"]*)" in namespace "(?<namespace>[^"]*)" exists and cannot be imported into the current release: (?<why>.*)/gu,
    (group) => {
      const owner = /release-name" must equal "[^"]*": current value is "(?<name>[^"]*)"/u.exec(
        group('why'),
      )?.groups?.['name'];
      return refused(
        'exists',
        `${group('kind')} ${group('name')}`,
        owner === undefined
          ? `it is in namespace ${group('namespace')} already, and Helm did not make it`
          : `it is in namespace ${group('namespace')} already, and belongs to the Helm release ${owner}`,
        'look whose it is; delete or rename it, or remove that release',
      );
    },
  ),
  row(/"(?<release>[^"]*)" has no deployed releases/gu, (group) =>
    refused(
      'not-found',
      `release ${group('release')}`,
      'nothing of it was ever deployed with success',
      'see `helm history` of it; the next deployment installs it anew',
    ),
  ),
  row(/release has no (?<revision>\d+) version/gu, (group) =>
    refused(
      'not-found',
      `revision ${group('revision')}`,
      'Helm does not keep it any more',
      'see `helm history` for those that it has',
    ),
  ),
  row(/release: not found/gu, () =>
    refused(
      'not-found',
      '',
      'there is no such release, or not that revision',
      'see `helm list` and `helm history`',
    ),
  ),
  row(/failed to delete release: (?<release>\S+)/gu, (group) =>
    refused(
      'unknown',
      `release ${group('release')}`,
      'some of its objects stay, and Helm does not say why',
      'rights or finalizers may hold them: `kubectl get all` in its namespace; then run this again',
    ),
  ),
  row(
    /resource (?<kind>\w+)\/(?:[^/\s]*\/)?(?<name>\S+) not ready\. status: \w+, message: (?<why>.*)(?:\ncontext deadline exceeded)?/gu,
    (group) =>
      refused(
        'late',
        `${group('kind')} ${group('name')}`,
        `it did not become ready in time: ${quote(group('why'), 150)}`,
        `look at it: \`kubectl describe ${group('kind').toLowerCase()} ${group('name')}\``,
      ),
  ),
  row(/timed out waiting for the condition/gu, () =>
    refused('late', '', 'it did not become ready in time', 'look at its pods and events'),
  ),
];

/** Charts, before anything is rendered. */
export const CHARTS: readonly Row[] = [
  row(
    /chart requires kubeVersion: (?<wanted>.+?) which is incompatible with Kubernetes (?<is>\S+)/gu,
    (group) =>
      refused(
        'chart',
        '',
        `the chart needs Kubernetes ${group('wanted')}, and the cluster's file says ${group('is')}`,
        "take a version of the chart for it, or correct the cluster's file",
      ),
  ),
  row(/found in Chart\.yaml, but missing in charts\/ directory: (?<names>.*)/gu, (group) =>
    refused(
      'chart',
      group('names'),
      'the chart depends on it, and it is not in the archive',
      'take an archive that was packaged with its dependencies',
    ),
  ),
  row(/path "(?<path>[^"]*)" not found/gu, (group) =>
    refused('chart', group('path'), 'there is no chart', 'correct --charts-from, or get it again'),
  ),
  row(/validation: chart\.metadata\.(?<field>\S+) is required/gu, (group) => ({
    ...refused(
      'chart',
      'Chart.yaml',
      `it has no ${group('field')}`,
      'take an archive that is whole',
    ),
    field: group('field'),
  })),
  row(/values don't meet the specifications of the schema\(s\).*\n(?<rest>[^]*)/gu, (group) => {
    const fields = [
      ...group('rest').matchAll(
        /^\s*- (?:at '(?<path>[^']*)'|(?<dots>[^:\s]+)): (?<why>(?!validation failed).*)$/gmu,
      ),
    ];
    const texts = fields.map(
      ({ groups = {} }) =>
        `${(groups['path'] ?? `/${groups['dots'] ?? ''}`).slice(1).replaceAll('/', '.')}: ${groups['why'] ?? ''}`,
    );
    return {
      ...refused(
        'invalid',
        '',
        `the chart's schema refuses ${texts.slice(0, 3).join('; ')}`,
        'correct it in the file of the hub, below `values:`',
      ),
      field: (fields[0]?.groups?.['path'] ?? '').slice(1).replaceAll('/', '.'),
    };
  }),
];
