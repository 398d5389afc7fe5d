import { isObject, pointer } from '../json.ts';
import { textsOf } from './forms.ts';
import type { Ledger } from './ledger.ts';
import { teamOf } from './offers.ts';
import type { Beside, Drafted } from './types.ts';

const CONFIG = '/hub/config';
const GITHUB = 'GitHubOAuthenticator';
/** Who may enter and who helps, by organisation, team or login. */
const ALLOW = [
  'allowed_organizations',
  'allowed_teams',
  'allowed_users',
  'allow_all',
  'allow_existing_users',
];
const ADMIN = ['admin_users', 'admin_groups'];
/** What the platform's login decides by itself. */
const BY_PLATFORM = [
  'oauth_callback_url',
  'scope',
  'populate_teams_in_auth_state',
  'enable_auth_state',
  'manage_groups',
  'auth_refresh_age',
  'refresh_pre_spawn',
  'delete_invalid_users',
  'any_allow_config',
];

/** Who may enter: teams of GitHub as they are, logins not, because another may have one tomorrow. */
export function loginPart(ledger: Ledger, { organization, name }: Beside): Drafted {
  const allow = new Set<string>();
  const admins = new Set<string>();
  for (const section of authenticators(ledger)) {
    for (const key of ALLOW) one(ledger, { section, key, into: allow });
    for (const key of ADMIN) one(ledger, { section, key, into: admins });
    for (const key of BY_PLATFORM)
      ledger.drop(pointer('hub', 'config', section, key), 'the platform’s login says it');
    foreign(ledger, section);
  }
  ofClass(ledger);
  if (allow.size === 0) {
    allow.add(`team:${organization}/${name}-users`);
    ledger.tell(
      CONFIG,
      `nobody could be taken over: access.allow is a team that has to be made, ${[...allow].join('')}`,
    );
  }
  return {
    environment: {
      access: { allow: [...allow], ...(admins.size > 0 ? { admins: [...admins] } : {}) },
    },
  };
}

function authenticators(ledger: Ledger): string[] {
  const config = ledger.at(CONFIG);
  const sections = Object.keys(isObject(config) ? config : {});
  return sections.filter((name) => /Authenticator$/u.test(name) || name === 'JupyterHub');
}

interface People {
  section: string;
  key: string;
  into: Set<string>;
}

function one(ledger: Ledger, { section, key, into }: People): void {
  const path = pointer('hub', 'config', section, key);
  const value = ledger.take(path);
  if (value === undefined || key === 'allow_existing_users') return;
  if (key === 'allow_all') {
    if (value === true)
      ledger.tell(
        path,
        'everybody of the login may enter, and of GitHub that is the whole world: name teams',
      );
    return;
  }
  const names = textsOf(value);
  const isTeams = key === 'allowed_organizations' || key === 'allowed_teams';
  const teams = isTeams ? names.flatMap((text) => teamOf(text)) : [];
  for (const team of teams) into.add(team);
  if (teams.length > 0) ledger.says(path, 'access.allow');
  const left = names.length - teams.length;
  if (left <= 0) return;
  if (isTeams) {
    const others = names.filter((text) => teamOf(text).length === 0);
    ledger.tell(
      path,
      `a whole organisation cannot be let in, a team of it can: write team:ORG/SLUG (${others.join(', ')})`,
    );
  } else if (key === 'admin_groups')
    ledger.tell(path, 'groups of another login: write teams of GitHub below access.admins');
  else
    ledger.tell(
      path,
      `${left} ${left === 1 ? 'person' : 'people'} by login: write user:ID (https://api.github.com/users/LOGIN says the id), or a team`,
    );
}

/** Another login than GitHub's, with whatever it needs. */
function foreign(ledger: Ledger, section: string): void {
  if (section === 'JupyterHub' || section === 'Authenticator' || section === GITHUB) return;
  const path = pointer('hub', 'config', section);
  const value = ledger.take(path);
  if (isObject(value))
    ledger.tell(
      path,
      'people log in by GitHub: who came by another login needs an account there, and gets a new home',
    );
}

function ofClass(ledger: Ledger): void {
  const path = `${CONFIG}/JupyterHub/authenticator_class`;
  const value = ledger.take(path);
  if (value === undefined) return;
  if (typeof value === 'string' && /^github$|GitHubOAuthenticator$/u.test(value))
    ledger.says(path, 'access');
  else
    ledger.tell(
      path,
      'people log in by GitHub: who came by another login needs an account there, and gets a new home',
    );
}
