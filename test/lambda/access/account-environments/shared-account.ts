// A mocked account with the markers and VPCs of deployments, and the stack of a deployment as CloudFormation runs it.
import {
  BesideProductionError,
  enter,
  leave,
  type Newcomer,
  type SharedAccount,
  watch,
} from '../../../../lambda/access/account-environments/keep';
import { type Marker, type MarkerClaim, markers } from '../../../../lambda/access/account-environments/marker';
import { untilDone } from '../claimed-account';

export const home = 'eu-west-3';
export const recovery = 'eu-central-1';

/** The mocked account: tags of boundaries by ARN, VPCs by region, and the failures to come. */
export interface Account {
  readonly tags: Map<string, string>;
  readonly vpcs: Map<string, { readonly deployment: string; readonly environment: string; readonly region: string }>;
  /** For each call to come: whether it fails, before or after it has its effect. */
  readonly faults: ('none' | 'before' | 'after')[];
}

export const newAccount = (): Account => ({ tags: new Map(), vpcs: new Map(), faults: [] });

/** A deployment at one site. */
export interface Place {
  readonly deployment: string;
  readonly region: string;
}

export const boundaryOf = ({ deployment, region }: Place): string => `arn:aws:iam::111111111111:policy/${deployment}-boundary-${region}`;
export const newcomerOf = (place: Place, environment: string): Newcomer => ({
  ...{ deployment: place.deployment, environment, boundary: boundaryOf(place) },
});

/** `turn` is awaited before each call, so that a scheduler can interleave two deployments. */
export function mocked(account: Account, place: Place, turn: () => Promise<void> = async () => {}): SharedAccount {
  const call = async <Result>(effect: () => Result): Promise<Result> => {
    await turn();
    const fault = account.faults.shift() ?? 'none';
    if (fault === 'before') throw new Error('Throttling');
    const result = effect();
    if (fault === 'after') throw new Error('ServiceUnavailable');
    return result;
  };
  const boundary = boundaryOf(place);
  return {
    // The boundary allows the recovery site its own region alone.
    regions: place.region === home ? [home, recovery] : [recovery],
    vpcs: (region) =>
      call(() =>
        [...account.vpcs.entries()]
          .filter(([, vpc]) => vpc.region === region)
          .map(([id, { deployment, environment }]) => ({ deployment, environment, resource: `${id} in ${region}` })),
      ),
    claims: () =>
      call(
        () =>
          new Map(
            [...account.tags].flatMap(([arn, text]): [string, MarkerClaim][] => {
              const claim = markers.read(text);
              return claim ? [[arn, claim]] : [];
            }),
          ),
      ),
    claim: (claim) => call(() => void account.tags.set(boundary, markers.text(claim))),
    release: () => call(() => void account.tags.delete(boundary)),
  };
}

export const releaseOf = (number: number): string => number.toString(16).padStart(16, '0');
export const markerAt = (account: Account, place: Place): Marker | undefined =>
  markers.read(account.tags.get(boundaryOf(place)) ?? '')?.demanded;

/**
 * The stack of a deployment, as CloudFormation runs it: a creation that fails is rolled back by a deletion, an update
 * that fails by an update with the former properties, which must succeed.
 */
export class Stack {
  environment = '';
  release: string | undefined;

  constructor(
    private readonly account: Account,
    readonly place: Place,
  ) {}

  private ask(environment: string, release: string, before: string | undefined) {
    return enter(mocked(this.account, this.place), newcomerOf(this.place, environment), { release, before });
  }

  /** Deploys a release; `fails` after the admission, as another resource of the stack does. */
  async deploy(environment: string, release: string, fails: boolean): Promise<'deployed' | 'refused' | 'failed'> {
    const before = this.release;
    let outcome: 'deployed' | 'refused' | 'failed' = fails ? 'failed' : 'deployed';
    await this.ask(environment, release, before).catch((error: unknown) => {
      outcome = error instanceof BesideProductionError ? 'refused' : 'failed';
    });
    if (outcome === 'deployed') {
      Object.assign(this, { environment, release });
      this.account.vpcs.set(`vpc-${this.place.deployment}-${this.place.region}`, { ...this.place, environment });
    } else if (before === undefined) await this.deleteMarker();
    else await untilDone(() => this.ask(this.environment, before, release));
    return outcome;
  }

  async delete(): Promise<void> {
    this.account.vpcs.delete(`vpc-${this.place.deployment}-${this.place.region}`);
    await this.deleteMarker();
    this.release = undefined;
  }

  private readonly deleteMarker = (): Promise<void> => untilDone(() => leave(mocked(this.account, this.place)));

  watch() {
    return watch(mocked(this.account, this.place), newcomerOf(this.place, this.environment));
  }
}
