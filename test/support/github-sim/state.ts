import { createHash } from 'node:crypto';
import type { Body } from './contract.ts';

export interface User {
  id: number;
  login: string;
  /** What they call themselves. */
  name?: string;
  type: 'User' | 'Bot';
  created_at?: string;
  /** What GitHub calls them beside what they write. */
  association?: string;
}

export type Permission =
  | 'contents'
  | 'issues'
  | 'pull-requests'
  | 'deployments'
  | 'checks'
  | 'actions'
  | 'settings'
  | 'members';

/** What a token may do. Reads of a public repository need nothing. */
export interface Token {
  user: User;
  write: readonly Permission[];
  /** May read who is in which team. */
  members?: boolean;
  /** Names of the repositories that it is for; all where left out. Others it sees only where they are public. */
  repositories?: readonly string[];
}

export interface Team {
  slug: string;
  /** Slug of the team above. */
  parent: string | undefined;
  /** Ids of its own members; those of teams below it are not among them. */
  members: Set<number>;
  /** Ids of members who may add and remove others. */
  maintainers: Set<number>;
  /** Members of each page that are counted and not given. */
  hides: number;
}

/** Somebody who was asked to join; by e-mail there is no account yet. */
export interface Invitation {
  id: number;
  user: User | undefined;
  email: string | undefined;
  /** Why it came to nothing; undefined while it waits. */
  failed: string | undefined;
  /** Slugs of the teams that it is for. */
  teams: string[];
}

export interface Organization {
  login: string;
  /** By id; `admin` is an owner. */
  members: Map<number, 'admin' | 'member'>;
  teams: Map<string, Team>;
  invitations: Invitation[];
  /** So many invitations may be sent today: 50, and 500 for an organisation that is older than a month. */
  invitationsLeft: number;
  /** Ids of accounts that may not be asked. */
  blocked: Set<number>;
}

/** What somebody thinks of an issue or a comment, once of each kind. */
export interface Reaction {
  id: number;
  user: User;
  content: string;
}

export interface Comment {
  id: number;
  user: User;
  body: string;
  created_at: string;
  updated_at: string;
  reactions?: Reaction[];
}

export interface Issue {
  number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  user: User;
  labels: string[];
  comments: Comment[];
  created_at?: string;
  locked?: boolean;
  reactions?: Reaction[];
  pull:
    | {
        head: { ref: string; sha: string; repo: string; owner: User };
        base: { ref: string; sha: string };
        merged: boolean;
        mergeSha: string;
      }
    | undefined;
}

export interface Deployment {
  id: number;
  sha: string;
  ref: string;
  task: string;
  environment: string;
  statuses: {
    id: number;
    state: string;
    description: string;
    environment_url: string;
    log_url: string;
  }[];
}

/** A run of a workflow, of a branch of this repository or of a fork. */
export interface Run {
  id: number;
  event: string;
  path: string;
  branch: string;
  headRepository: number;
}

export interface Artifact {
  id: number;
  name: string;
  run: Run;
  expired: boolean;
  zip: Uint8Array;
}

/** An environment of GitHub Actions, and what protects it. */
export interface Environment {
  /** Patterns of `custom_branch_policies`; `protected` where any protected branch will do; undefined where any branch. */
  branches: readonly { name: string; type?: 'branch' | 'tag' }[] | 'protected' | undefined;
  /** Undefined where the rule is missing: nobody is asked. */
  reviewers: readonly User[] | undefined;
  /** Names only; none where left out. */
  secrets?: readonly string[];
  variables?: readonly string[];
}

/** What a person answered where a run asked for an environment. */
export interface Approval {
  run: number;
  environment: string;
  state: 'approved' | 'rejected' | 'pending';
  user: User;
}

export interface Repository {
  id: number;
  owner: User;
  name: string;
  private: boolean;
  /** By the id of a person; who is not named may read. */
  permissions: Map<number, 'admin' | 'write' | 'read' | 'none'>;
  issues: Map<number, Issue>;
  refs: Map<string, string>;
  objects: Map<
    string,
    | { type: 'blob'; content: Buffer }
    | { type: 'tree'; entries: Map<string, string> }
    | { type: 'commit'; tree: string; parents: string[]; message: string; date?: string }
  >;
  deployments: Deployment[];
  artifacts: Artifact[];
  environments: Map<string, Environment>;
  /** Labels that there are, whether an issue bears them or not. */
  labels: string[];
  /** Rules that hold for a branch, by its name: types, with what they demand. */
  rules: Map<string, (string | { type: string; parameters: Body })[]>;
  /** Of the repository itself, by name: every workflow gets at them. */
  secrets: string[];
  variables: string[];
  actions: { enabled: boolean; allowed: 'all' | 'local_only' | 'selected'; mayOpenPulls: boolean };
  /** Files of workflows that may be started by hand, and what was started so. */
  workflows: string[];
  /** Workflows that are switched off. */
  disabled: Set<string>;
  dispatches: { workflow: string; ref: string; inputs?: Body }[];
  approvals: Approval[];
  checks: Map<number, Body & { annotations: unknown[] }>;
}

/** Everything the simulated GitHub knows. Tests may change it directly; time is counted, not read. */
export class State {
  readonly users = new Map<number, User>();
  readonly tokens = new Map<string, Token>();
  readonly repositories = new Map<string, Repository>();
  /** By login in small letters. */
  readonly organizations = new Map<string, Organization>();
  /** OAuth codes that were given out and not used yet. */
  readonly codes = new Map<string, { user: User; challenge: string }>();
  /** Who sits before the browser: the authorisation page sends them on at once. */
  atBrowser: User | undefined;
  #id = 1000;
  #minutes = 0;

  nextId(): number {
    return (this.#id += 1);
  }

  now(): string {
    return new Date(Date.UTC(2026, 10, 24, 8, (this.#minutes += 1)))
      .toISOString()
      .replace('.000', '');
  }

  addUser(login: string, type: User['type'] = 'User'): User {
    const user = { id: type === 'Bot' ? 41898282 : this.nextId(), login, type };
    this.users.set(user.id, user);
    return user;
  }

  /** A team of an organisation, which is made if need be. */
  addTeam(organization: string, slug: string, members: readonly User[], parent?: string): Team {
    const key = organization.toLowerCase();
    const found = this.organizations.get(key) ?? emptyOrganization(organization);
    this.organizations.set(key, found);
    const ids = members.map(({ id }) => id);
    for (const id of ids) if (!found.members.has(id)) found.members.set(id, 'member');
    const team: Team = { slug, parent, members: new Set(ids), maintainers: new Set(), hides: 0 };
    found.teams.set(slug, team);
    return team;
  }

  /** The login is free at once, for anybody; the id stays. */
  renameUser(user: User, login: string): void {
    if (userByLogin(this, login)) throw new Error(`${login} is taken`);
    user.login = login;
  }

  /** Out of every organisation and team; what they wrote stays. The login may be taken again. */
  deleteUser({ id }: User): void {
    this.users.delete(id);
    for (const { members, teams } of this.organizations.values()) {
      members.delete(id);
      for (const team of teams.values()) team.members.delete(id);
    }
  }

  addToken(token: string, user: User, write: readonly Permission[]): void {
    this.tokens.set(token, { user, write });
  }

  addRepository(owner: User, name: string): Repository {
    const repository: Repository = {
      id: this.nextId(),
      owner,
      name,
      private: false,
      permissions: new Map(),
      issues: new Map(),
      refs: new Map(),
      objects: new Map(),
      deployments: [],
      artifacts: [],
      environments: new Map(),
      labels: [],
      rules: new Map(),
      secrets: [],
      variables: [],
      actions: { enabled: true, allowed: 'all', mayOpenPulls: false },
      workflows: ['check.yml', 'image.yml', 'deploy.yml', 'access.yml', 'catch-up.yml'],
      disabled: new Set(),
      dispatches: [],
      approvals: [],
      checks: new Map(),
    };
    this.repositories.set(`${owner.login}/${name}`.toLowerCase(), repository);
    return repository;
  }

  addPull(
    repository: Repository,
    pull: {
      title: string;
      user: User;
      head: { ref: string; sha: string };
      base: { ref: string; sha: string };
      mergeSha: string;
    },
  ): Issue {
    const number = repository.issues.size + 1;
    const head = {
      ...pull.head,
      repo: `${repository.owner.login}/${repository.name}`,
      owner: repository.owner,
    };
    const issue: Issue = {
      number,
      title: pull.title,
      body: '',
      state: 'open',
      user: pull.user,
      labels: [],
      comments: [],
      pull: { head, base: pull.base, merged: false, mergeSha: pull.mergeSha },
    };
    repository.issues.set(number, issue);
    return issue;
  }
}

/** The name that git would give: good enough to tell contents apart. */
export function objectId(type: string, content: string | Buffer): string {
  const bytes = Buffer.from(content);
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}

function emptyOrganization(login: string): Organization {
  return {
    login,
    members: new Map(),
    teams: new Map(),
    invitations: [],
    invitationsLeft: 500,
    blocked: new Set(),
  };
}

/** Logins are the same in small and capital letters. */
export function userByLogin(state: State, login: string): User | undefined {
  return [...state.users.values()].find((one) => one.login.toLowerCase() === login.toLowerCase());
}

/** The id by which GraphQL knows an account. */
export function nodeId({ id }: User): string {
  return Buffer.from(`04:User${id}`).toString('base64');
}
