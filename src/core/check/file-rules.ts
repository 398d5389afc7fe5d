/**
 * What the readers of files and values report: the same kind of explanation as rules have, for `explain` and the
 * docs.
 */
export interface FileRule {
  id: string;
  severity: 'error' | 'warning';
  title: string;
  why: string;
}

const error = (id: string, title: string, why: string): FileRule => ({
  id,
  severity: 'error',
  title,
  why,
});

export const FILE_RULES: readonly FileRule[] = [
  error(
    'yaml',
    'Files are plain YAML.',
    'Anchors, aliases, tags, merge keys and several documents mean different things to different tools, and a number such as 1.10 changes silently. What is refused here cannot surprise anybody later.',
  ),
  error(
    'file',
    'Files can be read.',
    'Text in UTF-8, smaller than 1 MB, no symbolic links: pull requests come from strangers.',
  ),
  error(
    'file-place',
    'Platform files lie where they are looked for.',
    'A file with another ending or in another folder would be passed over in silence.',
  ),
  error(
    'credential',
    'No credential stands in a file.',
    'Whoever can read the repository has it, for good: it stays in the history, and Helm keeps values in every ' +
      'record of a release. Names below secrets: and values in secrets/, encrypted with sops, are for them. What ' +
      'is none, and looks like one, is named in notSecret:.',
  ),
  error(
    'secrets-file',
    'Files of secrets are encrypted.',
    'They are pushed like every other file. What was pushed in clear is public, and has to be revoked.',
  ),
  {
    id: 'unread-file',
    severity: 'warning',
    title: 'What looks like a platform file is read.',
    why: 'A file in a misspelt folder, beside platform.yaml, or of people where they are in another repository, has no effect, and nobody would notice.',
  },
  error(
    'unknown-key',
    'Every key is known.',
    'A misspelt key would have no effect, and nobody would notice.',
  ),
  error('missing-key', 'Required keys are there.', 'They have no sensible default.'),
  error(
    'schema',
    'Values have the type and form that the schema asks for.',
    'The reference of each file lists them.',
  ),
  error(
    'memory-suffix',
    'Memory is written with K, M, G or T.',
    'JupyterHub reads these, 1024-based. `4Gi` passes the chart’s schema and breaks every server start.',
  ),
  error('cpu-number', 'Cores are a number.', 'KubeSpawner wants 0.5, not "500m".'),
  error('name', 'Names are plain.', 'They become parts of paths, labels and links.'),
  error('duration', 'Durations are whole numbers with a unit.', '30m, 24h, 180d.'),
  error('quantity', 'Sizes of storage are Kubernetes quantities.', '20Gi is 20 × 1024³ bytes.'),
  error('time', 'Times are UTC and complete.', '2026-11-30T08:00Z.'),
  error(
    'who',
    'People are named in one grammar.',
    'team:<org>/<slug>, tier:<tier>, cohort:<slug>, user:<GitHub id> or all.',
  ),
  error('digest', 'Digests are whole.', 'Half a digest is no digest.'),
  error(
    'image-reference',
    'Images are named without tag or digest.',
    'Those have keys of their own, so that they can be locked.',
  ),
  error('url', 'Addresses have a scheme.', 'https:// and a host name.'),
  error('bucket', 'Buckets are named with their scheme.', 's3://NAME, or s3://NAME/PREFIX.'),
  error('region', 'Regions are plain words.', 'As the provider of the bucket calls them.'),
  error('repository', 'Repositories are owner/name.', 'As on GitHub.'),
  error(
    'github-id',
    'People are numbers.',
    'A login can be renamed and registered again by somebody else; the numeric id stays.',
  ),
  error(
    'package-name',
    'Packages are names with versions.',
    'Anything else could be an option of the package manager.',
  ),
  error(
    'build-name',
    'Builds are named by day and content.',
    'The name is part of a path, and says which of two builds is newer.',
  ),
  error(
    'package-list',
    'Package lists are as the platform wrote them.',
    'An old build is made again from its list: a line that is missing or added gives another image.',
  ),
  error(
    'channel',
    'Channels are names.',
    'An address would take packages from anywhere. "defaults" is for those who have a licence of Anaconda.',
  ),
  error(
    'env-value',
    'Values of an image’s variables are one line.',
    'A line break would begin another instruction of the build.',
  ),
  error(
    'git-ref',
    'References are branches, tags or commits.',
    'Anything else could be an option of git.',
  ),
  error('path', 'Paths name something.', 'Relative to the folder of the file.'),
  error('title', 'Titles are one line.', 'Users read them in a menu.'),
  error(
    'chart-values',
    'Merged values fit the chart’s own schema.',
    'The chart refuses them at deployment otherwise, one at a time.',
  ),
  error(
    'immutable',
    'Nothing asks for what a cluster refuses to change.',
    'The class of a volume is decided when it is made, and a volume never gets smaller: the deployment would fail half way.',
  ),
  error(
    'chart-schema',
    'The chart’s own schema can be used.',
    'It is somebody else’s: it is compiled in a process that is ended where it takes too much time or memory, and a schema that refers to other addresses is refused.',
  ),
  {
    id: 'chart-source',
    severity: 'warning',
    title: 'A chart comes from where the default branch says.',
    why: 'Whoever names the repository decides what runs. A pull request that names another one is planned with the chart of the default branch.',
  },
  {
    id: 'placeholder',
    severity: 'warning',
    title: 'Stand-ins are replaced.',
    why: '`init` and `new` write an example where only people know what belongs there: nothing can be encrypted for PUBLIC-KEY, and nobody reaches a hub at example.org.',
  },
  {
    id: 'values-unchecked',
    severity: 'warning',
    title: 'Values are held to the chart’s schema.',
    why: '`check` asks no network: it uses the chart if it is at hand.',
  },
];
