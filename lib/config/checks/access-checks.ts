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

/** An auditor from outside is not of the account. (TOM-3.9) */
const auditorFromOutside: AccessCheck = ({ account, access }) => {
  const outside = access?.auditor?.account;
  if (outside === undefined || outside !== account) return [];
  const path = ['access', 'auditor', 'account'];
  return [{ path, expected: 'an account other than `account`', got: show(outside), todo: 'name the account of the outside auditor' }];
};

export const accessChecks: readonly AccessCheck[] = [publicOffices, auditorFromOutside];
