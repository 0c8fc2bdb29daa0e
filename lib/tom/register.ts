// The register: every clause of the two documents once, with what proves it or who attests it.
import type { Clause } from './clause';
import type { ClauseId } from './clause-id';
import { dss2 } from './clauses/dss-2';
import { dss3 } from './clauses/dss-3';
import { dss4 } from './clauses/dss-4';
import { dss5 } from './clauses/dss-5';
import { dss6 } from './clauses/dss-6';
import { dss7 } from './clauses/dss-7';
import { dss8 } from './clauses/dss-8';
import { tom2 } from './clauses/tom-2';
import { tom3 } from './clauses/tom-3';
import { tom4 } from './clauses/tom-4';
import { tom5 } from './clauses/tom-5';
import { tom6 } from './clauses/tom-6';
import { tom7 } from './clauses/tom-7';
import { tom8 } from './clauses/tom-8';

/** All clauses by id. One that is missing, or a technical one that names neither a rule nor what it awaits, does not compile. */
export type Register = { readonly [Id in ClauseId]: Clause };

export const register: Register = {
  ...tom2,
  ...tom3,
  ...tom4,
  ...tom5,
  ...tom6,
  ...tom7,
  ...tom8,
  ...dss2,
  ...dss3,
  ...dss4,
  ...dss5,
  ...dss6,
  ...dss7,
  ...dss8,
};
