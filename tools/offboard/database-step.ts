// The database roles of a person, who reads customers' data with them. (TOM-4.7)
import type { AccessRequest } from '../../runtime/staff/requests';
import { checkPerson } from '../../runtime/vpn/names';
import type { Item, Step } from './step';
import { unlessAbsent } from './step';

/** Calls the function that makes and drops the roles. */
export interface DatabaseAccess {
  call(control: 'staff-access', request: AccessRequest): Promise<unknown>;
}

interface Result {
  readonly access: readonly { readonly role: string; readonly person: string; readonly until: string }[];
}

/** Names that can have a role: no role was made for another name. */
const withRole = (names: readonly string[]): readonly string[] =>
  names.filter((name) => {
    try {
      return checkPerson(name) === name;
    } catch {
      return false;
    }
  });

/** Left are the roles of the session names of the person. A deployment without the function has none. */
export const databaseStep = (access: DatabaseAccess, names: readonly string[]): Step => ({
  ...{ name: 'database-access', title: 'access to the database' },
  async left() {
    const listed = (await unlessAbsent(() => access.call('staff-access', { action: 'list' }))) as Result | undefined;
    return (listed?.access ?? [])
      .filter(({ person }) => withRole(names).includes(person))
      .map(
        ({ role, person, until }): Item => ({
          what: `database role ${role} until ${until}`,
          remove: async () => void (await access.call('staff-access', { action: 'revoke', person })),
        }),
      );
  },
});
