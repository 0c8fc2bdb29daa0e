// Environment contract between construct and handler.
import {
  type ContextKeyEnvironment,
  contextKeyForms,
  type DatabaseEndpoint,
  endpointForms,
  environmentName,
  type Form,
  type Forms,
  readVariables,
  type Variables,
} from '../../../runtime/environment';

/**
 * Environment of the function `generated-data`, which signs in as `rempart_maintenance` to create sites and as
 * `rempart_application` to fill them.
 */
export interface GeneratedDataEnvironment extends DatabaseEndpoint, ContextKeyEnvironment {
  /** The function refuses to run in production. */
  readonly ENVIRONMENT: 'production' | 'staging' | 'development';
  /** Seed of the data, in digits: the same seed gives the same data. */
  readonly SEED: string;
  /** Number of sites, in digits. */
  readonly SITES: string;
  /** Number of hits of each site, in digits. */
  readonly HITS_PER_SITE: string;
}

const number: Form = [/^\d{1,7}$/, 'a number'];

const forms: Forms<GeneratedDataEnvironment> = {
  ...endpointForms,
  ...contextKeyForms,
  ENVIRONMENT: environmentName,
  SEED: number,
  SITES: number,
  HITS_PER_SITE: number,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): GeneratedDataEnvironment => readVariables(from, forms, 'deploy the data stack again');
