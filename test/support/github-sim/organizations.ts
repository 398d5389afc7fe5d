import { Refusal, found, text, userBody } from './call.ts';
import type { Answer, Call, Handler } from './call.ts';
import type { Body } from './contract.ts';
import { membersOf } from './graphql.ts';
import type { OperationId } from './operations.ts';
import type { Invitation, Organization, Permission, State, Team, User } from './state.ts';
import { userByLogin } from './state.ts';

const MEMBERS: readonly Permission[] = ['members'];

/** Who is in an organisation is read with a permission of its own. */
function organizationOf({ state, token, parameters }: Call): Organization {
  if (token.members !== true) throw new Refusal(403, 'Resource not accessible by integration');
  return found(state.organizations.get((parameters['org'] ?? '').toLowerCase()));
}

function teamOf(call: Call): Team {
  return found(organizationOf(call).teams.get(call.parameters['team_slug'] ?? ''));
}

function userOf({ state, parameters }: Call): User {
  return found(userByLogin(state, parameters['username'] ?? ''));
}

function usersOf(state: State, ids: Iterable<number>): User[] {
  return [...ids].flatMap((id) => state.users.get(id) ?? []);
}

function teamBody({ teams }: Organization, { slug, parent }: Team): Body {
  return {
    id: [...teams.keys()].indexOf(slug) + 1,
    name: slug,
    slug,
    privacy: 'closed',
    parent: parent === undefined ? null : { name: parent, slug: parent },
  };
}

/** Owners are shown as maintainers of each team. */
function roleIn({ members }: Organization, { maintainers }: Team, id: number): string {
  return members.get(id) === 'admin' || maintainers.has(id) ? 'maintainer' : 'member';
}

const waitsFor = ({ invitations }: Organization, { id }: User): Invitation | undefined =>
  invitations.find(({ user, failed }) => user?.id === id && failed === undefined);

/** One invitation for each account; the day's budget and whoever is blocked are refused. */
function invited(state: State, organization: Organization, user: User): Invitation {
  const known = waitsFor(organization, user);
  if (known) return known;
  if (organization.blocked.has(user.id)) throw new Refusal(403, 'Blocked');
  if (organization.invitationsLeft === 0)
    throw new Refusal(422, 'You have exceeded the limit of invitations');
  organization.invitationsLeft -= 1;
  const invitation: Invitation = {
    id: state.nextId(),
    user,
    email: undefined,
    failed: undefined,
    teams: [],
  };
  organization.invitations.push(invitation);
  return invitation;
}

const invitationBody = ({ id, user, email, failed, teams }: Invitation): Body => ({
  id,
  login: user?.login ?? null,
  email: email ?? null,
  role: 'direct_member',
  created_at: '2026-11-24T08:00:00Z',
  team_count: teams.length,
  ...(failed === undefined ? {} : { failed_at: '2026-11-24T09:00:00Z', failed_reason: failed }),
});

const membership = (role: string, state: 'active' | 'pending', user: User): Answer => ({
  status: 200,
  body: { role, state, user: userBody(user), permissions: { can_create_repository: false } },
});

function withoutMember({ members, teams }: Organization, { id }: User): void {
  members.delete(id);
  for (const team of teams.values()) {
    team.members.delete(id);
    team.maintainers.delete(id);
  }
}

function cancelled(organization: Organization, invitation: Invitation): Answer {
  organization.invitations.splice(organization.invitations.indexOf(invitation), 1);
  return { status: 204 };
}

/** Members of organisations, who was asked to be one, and teams with those below them. */
export const ORGANIZATIONS: Readonly<Partial<Record<OperationId, Handler>>> = {
  'orgs/list-members': {
    handle: (call) => {
      const { members } = organizationOf(call);
      const role = call.query.get('role') ?? 'all';
      const ids = [...members].filter(([, is]) => role === 'all' || is === role).map(([id]) => id);
      return { status: 200, body: usersOf(call.state, ids).map(userBody) };
    },
  },
  'orgs/get-membership-for-user': {
    handle: (call) => {
      const [organization, user] = [organizationOf(call), userOf(call)];
      const role = organization.members.get(user.id);
      if (role !== undefined) return membership(role, 'active', user);
      found(waitsFor(organization, user));
      return membership('member', 'pending', user);
    },
  },
  'orgs/set-membership-for-user': {
    needs: MEMBERS,
    handle: (call) => {
      const [organization, user] = [organizationOf(call), userOf(call)];
      const role = call.body['role'] === 'admin' ? 'admin' : 'member';
      if (!organization.members.has(user.id)) {
        invited(call.state, organization, user);
        return membership(role, 'pending', user);
      }
      organization.members.set(user.id, role);
      return membership(role, 'active', user);
    },
  },
  'orgs/remove-membership-for-user': {
    needs: MEMBERS,
    handle: (call) => {
      const [organization, user] = [organizationOf(call), userOf(call)];
      const invitation = waitsFor(organization, user);
      if (invitation) return cancelled(organization, invitation);
      found(organization.members.get(user.id));
      const owners = [...organization.members].filter(([, role]) => role === 'admin');
      if (owners.length === 1 && owners[0]?.[0] === user.id)
        throw new Refusal(403, 'The last owner cannot be removed');
      withoutMember(organization, user);
      return { status: 204 };
    },
  },
  'orgs/list-pending-invitations': {
    handle: (call) => {
      const { invitations } = organizationOf(call);
      const waiting = invitations.filter(({ failed }) => failed === undefined);
      return { status: 200, body: waiting.map(invitationBody) };
    },
  },
  'orgs/list-failed-invitations': {
    handle: (call) => {
      const { invitations } = organizationOf(call);
      const failed = invitations.filter((one) => one.failed !== undefined);
      return { status: 200, body: failed.map(invitationBody) };
    },
  },
  'orgs/cancel-invitation': {
    needs: MEMBERS,
    handle: (call) => {
      const organization = organizationOf(call);
      const id = Number(call.parameters['invitation_id']);
      return cancelled(organization, found(organization.invitations.find((one) => one.id === id)));
    },
  },
  'teams/list': {
    handle: (call) => {
      const organization = organizationOf(call);
      const all = [...organization.teams.values()];
      return { status: 200, body: all.map((team) => teamBody(organization, team)) };
    },
  },
  'teams/list-child-in-org': {
    handle: (call) => {
      const [organization, { slug }] = [organizationOf(call), teamOf(call)];
      const below = [...organization.teams.values()].filter(({ parent }) => parent === slug);
      return { status: 200, body: below.map((team) => teamBody(organization, team)) };
    },
  },
  'teams/get-by-name': {
    handle: (call) => ({ status: 200, body: teamBody(organizationOf(call), teamOf(call)) }),
  },
  'teams/create': {
    needs: MEMBERS,
    handle: (call) => {
      const slug = text(call.body['name']).toLowerCase().replaceAll(/\s+/gu, '-');
      const organization = organizationOf(call);
      if (organization.teams.has(slug)) throw new Refusal(422, 'Name must be unique for this org');
      const team = call.state.addTeam(organization.login, slug, []);
      return { status: 201, body: teamBody(organization, team) };
    },
  },
  'teams/list-members-in-org': {
    handle: (call) => {
      const [organization, team] = [organizationOf(call), teamOf(call)];
      const role = call.query.get('role') ?? 'all';
      const all = usersOf(call.state, membersOf(organization, team, true));
      return {
        status: 200,
        body: all
          .map((user) => ({
            ...userBody(user),
            role: roleIn(organization, team, user.id),
            inherited: !team.members.has(user.id),
          }))
          .filter((one) => role === 'all' || one.role === role),
      };
    },
  },
  'teams/list-pending-invitations-in-org': {
    handle: (call) => {
      const { slug } = teamOf(call);
      const waiting = organizationOf(call).invitations.filter(
        ({ failed, teams }) => failed === undefined && teams.includes(slug),
      );
      return { status: 200, body: waiting.map(invitationBody) };
    },
  },
  'teams/get-membership-for-user-in-org': {
    handle: (call) => {
      const [organization, team, user] = [organizationOf(call), teamOf(call), userOf(call)];
      if (membersOf(organization, team, true).has(user.id))
        return membership(roleIn(organization, team, user.id), 'active', user);
      const invitation = waitsFor(organization, user);
      if (invitation?.teams.includes(team.slug) === true)
        return membership('member', 'pending', user);
      throw new Refusal(404, 'Not Found');
    },
  },
  'teams/add-or-update-membership-for-user-in-org': {
    needs: MEMBERS,
    handle: (call) => {
      const [organization, team, user] = [organizationOf(call), teamOf(call), userOf(call)];
      if (!organization.members.has(user.id)) {
        const { teams } = invited(call.state, organization, user);
        if (!teams.includes(team.slug)) teams.push(team.slug);
        return membership('member', 'pending', user);
      }
      team.members.add(user.id);
      if (call.body['role'] === 'maintainer') team.maintainers.add(user.id);
      else team.maintainers.delete(user.id);
      return membership(roleIn(organization, team, user.id), 'active', user);
    },
  },
  'teams/remove-membership-for-user-in-org': {
    needs: MEMBERS,
    handle: (call) => {
      const [organization, team, user] = [organizationOf(call), teamOf(call), userOf(call)];
      const invitation = waitsFor(organization, user);
      if (invitation) invitation.teams = invitation.teams.filter((slug) => slug !== team.slug);
      else if (!team.members.delete(user.id)) throw new Refusal(404, 'Not Found');
      team.maintainers.delete(user.id);
      return { status: 204 };
    },
  },
};
