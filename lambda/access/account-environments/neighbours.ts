// The deployments of an account, and those that may not be beside each other. Pure.
import type { ProbeFinding } from '../../../runtime/probe';
import type { MarkerClaim } from './marker';

/** One sign of a deployment in the account. */
export interface Sign {
  /** The deployment; `undefined` for a VPC without the tag. */
  readonly deployment: string | undefined;
  /** Its environment, as in `production`. */
  readonly environment: string;
  /** The resource that has the sign, by ARN or by id and region. */
  readonly resource: string;
}

const production = 'production';

/** `policy/<deployment>-boundary-<region>`. */
const boundaryForm = /:policy\/(.+)-boundary-[a-z0-9-]+$/;

export const signsOfMarkers = (claims: ReadonlyMap<string, MarkerClaim>): readonly Sign[] =>
  [...claims].map(
    ([
      resource,
      {
        demanded: { environment },
      },
    ]) => ({
      ...{ deployment: boundaryForm.exec(resource)?.[1], environment, resource },
    }),
  );

/**
 * The signs of deployments that may not share an account with this one: production and any other environment. A
 * deployment is not beside itself: not at its other site, and not while its environment changes. (TOM-7.3)
 */
export const besideProduction = (deployment: string, environment: string, signs: readonly Sign[]): readonly Sign[] =>
  signs.filter((sign) => sign.deployment !== deployment && (sign.environment === production) !== (environment === production));

const nameOf = ({ deployment, environment }: Pick<Sign, 'deployment' | 'environment'>): string =>
  deployment === undefined || deployment === environment ? environment : `${deployment} (${environment})`;

/** The violation of which a sign is the evidence. */
export const besideFinding = (deployment: string, environment: string, sign: Sign): ProbeFinding => ({
  id: `beside::${/^(?:.*\/)?(\S+)/.exec(sign.resource)?.[1]}`,
  resource: sign.resource,
  found: `${nameOf(sign)} in the account of ${nameOf({ deployment, environment })}`,
  required: 'no other environment in the account of production',
  fix: 'Deploy one of the two to an account of its own: set account in its file in config/, then delete it here.',
});

/** The refusal of a deployment, in one line. */
export const refusal = (deployment: string, environment: string, signs: readonly Sign[]): string =>
  `account of ${nameOf({ deployment, environment })}: expected no other environment beside production, got ` +
  `${signs.map((sign) => `${nameOf(sign)} at ${sign.resource}`).join(', ')}; set account in config/${deployment}.yaml to an account ` +
  'of its own, or delete the other deployment (TOM-7.3)';
