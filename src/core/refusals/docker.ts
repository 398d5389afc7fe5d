import { quote, row } from './refusal.ts';
import type { Group, Refusal, RefusalKind, Row } from './refusal.ts';

function about(kind: RefusalKind, text: string, cure: string): Refusal {
  return { kind, object: '', field: '', text, cure };
}

/** Whom an address is of; the registry, where the message has none. */
function registryOf(group: Group): string {
  return /^\w+:\/\/([^/]+)/u.exec(group('url'))?.[1] ?? 'the registry';
}

const AGAIN = 'run it again; where it goes on, see the registry’s own log';
const START = 'start Docker, or set DOCKER_HOST to where it runs';

/** Docker and the registries that it asks. */
export const DOCKER: readonly Row[] = [
  row(/permission denied while trying to connect to the Docker daemon/gu, () =>
    about(
      'forbidden',
      'this user may not use Docker',
      'add the user to the group `docker`, or run it as one who may',
    ),
  ),
  row(/Cannot connect to the Docker daemon at (?<where>\S+)\. Is/gu, (group) =>
    about('unreachable', `no Docker runs at ${group('where')}`, START),
  ),
  row(/(?:unknown command: docker |'|is not a docker command.*)buildx/gu, () =>
    about('settings', 'this Docker has no Buildx', 'install Docker 26 or newer with Buildx'),
  ),
  row(/toomanyrequests|rate limit|too many requests|\b429\b/giu, () =>
    about(
      'unavailable',
      'the registry takes no more requests for now',
      'wait, or log in there: `docker login`',
    ),
  ),
  row(
    /unauthorized|authentication required|no basic auth credentials|denied|\b40[13]\b|authorization failed/giu,
    () =>
      about(
        'login',
        'the registry does not let this login do it',
        'log in as who may: `docker login`',
      ),
  ),
  row(/no space left on device/giu, () =>
    about('unavailable', 'the disk is full', 'make room (`docker system df`), and run it again'),
  ),
  row(/lookup (?<host>\S+?)(?: on \S+)?: no such host/gu, (group) =>
    about(
      'unreachable',
      `DNS knows no ${group('host')}`,
      'see the name of the image, and that this machine reaches it',
    ),
  ),
  row(/x509: (?<why>[^\n]*)/gu, () =>
    about(
      'certificate',
      'the registry’s certificate is not one that Docker trusts',
      'give it to Docker’s own trust',
    ),
  ),
  row(
    /dial tcp (?<host>\S+): (?:connect: )?(?:connection refused|i\/o timeout|no route to host)/gu,
    (group) =>
      about(
        'unreachable',
        `${group('host')} does not answer`,
        'see that this machine reaches it, and run it again',
      ),
  ),
  // In the middle of a push or a pull: `EOF`, `connection reset by peer`, `broken pipe`.
  row(/failed to do request: \w+ "(?<url>[^"]+)": (?<why>[^\n]+)/gu, (group) =>
    about('unavailable', `${registryOf(group)} breaks off: ${quote(group('why'), 150)}`, AGAIN),
  ),
  row(
    /unexpected (?:HTTP )?status(?: from \w+ request to (?<url>\S+))?: (?<status>5\d\d[^\n]*)/gu,
    (group) =>
      about('unavailable', `${registryOf(group)} answers ${quote(group('status'), 150)}`, AGAIN),
  ),
];
