// The network interfaces that servers ask for: in which subnet, in which security groups, with which address.
import { type Json, listOf, type Resource } from './assembly';

interface ServerType {
  /** Where the settings of the server are: '' or below a property. */
  readonly below: string;
  /** What an interface calls its security groups. */
  readonly groups: string;
}

/** Each type that makes servers. */
const serverTypes: Readonly<Record<string, ServerType>> = {
  'AWS::EC2::Instance': { below: '', groups: 'GroupSet' },
  'AWS::EC2::LaunchTemplate': { below: 'LaunchTemplateData.', groups: 'Groups' },
  'AWS::AutoScaling::LaunchConfiguration': { below: '', groups: 'SecurityGroups' },
};

export const servers: readonly string[] = Object.keys(serverTypes);

/** The path of a server's own property, as in `LaunchTemplateData.KeyName`. */
export const serverPath = (type: string, name: string): string => `${serverTypes[type]?.below ?? ''}${name}`;

/** One interface of a server. Values that are missing are left to the server. */
export interface NetworkInterface {
  readonly path: string;
  readonly subnet: Json | undefined;
  readonly groups: readonly Json[];
  readonly groupsPath: string;
  readonly publicAddress: Json | undefined;
  /** An interface that exists apart from the server, and has its own subnet and groups. */
  readonly existing: Json | undefined;
}

/** Every interface that a server lists; none where it leaves them to its own properties. */
export function interfacesOf(server: Resource): readonly NetworkInterface[] {
  const type = serverTypes[server.type];
  if (!type) return [];
  const list = serverPath(server.type, 'NetworkInterfaces');
  return listOf(server.at(list)).map((_, index) => {
    const path = `${list}.${index}`;
    return {
      path,
      subnet: server.at(`${path}.SubnetId`),
      groups: listOf(server.at(`${path}.${type.groups}`)),
      groupsPath: `${path}.${type.groups}`,
      publicAddress: server.at(`${path}.AssociatePublicIpAddress`),
      existing: server.at(`${path}.NetworkInterfaceId`),
    };
  });
}
