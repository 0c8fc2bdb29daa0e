// Rules between the settings of the access of administrators, one per function.
import { isPrivate, rangeOf } from '../address-range';
import { type Objection, show } from '../file/problem';
import type { ValidParts } from '../file/schema-walk';
import type { Settings } from '../settings/settings';

type AccessCheck = (settings: ValidParts<Settings>) => readonly Objection[];

/**
 * Prefix of the largest office network: 4,096 addresses. A larger range is a provider's, not an office's. (TOM-3.2)
 */
const largestOffice = 20;

/** A request from the internet has a public source address, and an office has few of them. (TOM-3.2, DSS-5.6.1) */
const publicOffices: AccessCheck = ({ access }) =>
  (access?.officeAddresses ?? []).flatMap((text, index) => {
    if (text === undefined) return [];
    const range = rangeOf(text);
    const path = ['access', 'officeAddresses', index];
    if (isPrivate(range)) {
      return [{ path, expected: 'a public range', got: show(text), todo: 'name the addresses that the office has in the internet' }];
    }
    if (range.prefix >= largestOffice) return [];
    return [{ path, expected: `a range of /${largestOffice} or smaller`, got: show(text), todo: 'name the ranges of the offices only' }];
  });

const gatewayObjection = (name: string, expected: string, got: unknown, todo: string): Objection => ({
  ...{ path: ['access', 'managementGateway', name], expected, got: show(got), todo },
});

/**
 * A customer gateway is reached over the internet ("Customer gateway options for your Site-to-Site VPN connection").
 */
const publicGateways: AccessCheck = ({ access }) =>
  (['home', 'recovery'] as const).flatMap((site) => {
    const address = access?.managementGateway?.[site];
    if (address === undefined || !isPrivate(rangeOf(`${address}/32`))) return [];
    return [gatewayObjection(site, 'a public address', address, 'name the address that the gateway has in the internet')];
  });

/** Both sites have a Site-to-Site VPN, or the configuration states why the recovery site has none. (TOM-3.1) */
const gatewayOfEachSite: AccessCheck = ({ access }) => {
  const { home, recovery, recoveryOff } = access?.managementGateway ?? {};
  if (recovery !== undefined && recoveryOff !== undefined) {
    const expected = 'no reason beside access.managementGateway.recovery';
    return [gatewayObjection('recoveryOff', expected, recoveryOff, 'remove one of the two')];
  }
  if (recovery !== undefined && home === undefined) {
    return [gatewayObjection('home', 'an address, since recovery has one', undefined, 'add the address of the gateway of the home site')];
  }
  if (home === undefined || recovery !== undefined || recoveryOff !== undefined) return [];
  const todo = 'add access.managementGateway.recovery, or, outside production, recoveryOff with the reason why the site has none';
  return [gatewayObjection('recovery', 'an address, since home has one', undefined, todo)];
};

/** Production keeps every promise, also at its recovery site: its synthesis would refuse what is not met. (TOM-3.1) */
const recoveryOffOutsideProduction: AccessCheck = ({ environment, access }) => {
  const reason = access?.managementGateway?.recoveryOff;
  if (environment !== 'production' || reason === undefined) return [];
  const todo = 'name the gateway of the recovery site in access.managementGateway.recovery (TOM-3.1)';
  return [gatewayObjection('recoveryOff', 'no reason in production', reason, todo)];
};

/** The tunnels have routes to the management networks alone. (TOM-3.1) */
const gatewayWithNetworks: AccessCheck = ({ access }) => {
  const home = access?.managementGateway?.home;
  if (home === undefined || access?.managementNetworks === undefined || access.managementNetworks.length > 0) return [];
  return [gatewayObjection('home', 'a gateway with access.managementNetworks', home, 'add the networks behind the gateway')];
};

/**
 * The endpoint has a public name alone, to which the Client VPN and the management networks have no way: only requests
 * from an office have an address that the role admits. (TOM-3.2, DSS-5.6.6)
 */
const connectFromOffices: AccessCheck = ({ access }) => {
  if (access?.instanceConnect !== true || (access.officeAddresses ?? []).length > 0) return [];
  const path = ['access', 'instanceConnect'];
  const todo = 'add access.officeAddresses, from which the endpoint is used, or remove it';
  return [{ path, expected: 'false without access.officeAddresses', got: show(true), todo }];
};

/** An auditor from outside is not of the account. (TOM-3.9) */
const auditorFromOutside: AccessCheck = ({ account, access }) => {
  const outside = access?.auditor?.account;
  if (outside === undefined || outside !== account) return [];
  const path = ['access', 'auditor', 'account'];
  return [{ path, expected: 'an account other than `account`', got: show(outside), todo: 'name the account of the outside auditor' }];
};

/** Longest time until the end of an exemption, in days. */
const longestExemption = 366;
const millisecondsOfDay = 86_400_000;

type Exemptions = NonNullable<NonNullable<ValidParts<Settings>['access']>['credentialExemptions']>;

/** The exemptions of users, as far as they are valid by themselves. */
const exemptionsOf = ({ access }: ValidParts<Settings>): Exemptions => access?.credentialExemptions ?? [];

/** A user has one exemption: of two, one would end unnoticed. */
function exemptionsOnce(settings: ValidParts<Settings>): readonly Objection[] {
  const users = exemptionsOf(settings).map((exemption) => exemption?.user);
  return users.flatMap((user, index) =>
    user === undefined || users.indexOf(user) === index
      ? []
      : [objectionTo(index, 'user', 'a user without another exemption', user, 'remove one of the two')],
  );
}

/** An exemption is over after its last day, and is renewed at least once a year. (TOM-3.8) */
export function exemptionsCurrent(settings: ValidParts<Settings>, today: Date): readonly Objection[] {
  return exemptionsOf(settings).flatMap((exemption, index) => {
    const until = exemption?.until;
    const days = until === undefined ? 0 : (Date.parse(`${until}T00:00:00Z`) - today.getTime()) / millisecondsOfDay;
    if (until === undefined || (days > -1 && days <= longestExemption)) return [];
    const expected = `a day from today to ${longestExemption} days ahead`;
    return [objectionTo(index, 'until', expected, until, 'renew the exemption with its reason, or remove it (TOM-3.8)')];
  });
}

const objectionTo = (index: number, name: string, expected: string, got: unknown, todo: string): Objection => ({
  ...{ path: ['access', 'credentialExemptions', index, name], expected, got: show(got), todo },
});

/** A session from another role lasts an hour at most ("Roles terms and concepts", role chaining). */
const chainedSessions: AccessCheck = ({ access }) => {
  const minutes = access?.timeouts?.roleSessionMinutes;
  if (access?.signIn !== 'identity-center' || minutes === undefined || minutes <= 60) return [];
  const path = ['access', 'timeouts', 'roleSessionMinutes'];
  return [
    { path, expected: '60 with identity-center', got: show(minutes), todo: 'remove it; a session from another role ends after an hour' },
  ];
};

/** All but the one that depends on the day. */
export const accessChecks: readonly AccessCheck[] = [
  ...[publicOffices, publicGateways, gatewayOfEachSite, recoveryOffOutsideProduction, gatewayWithNetworks],
  ...[connectFromOffices, auditorFromOutside, chainedSessions, exemptionsOnce],
];
