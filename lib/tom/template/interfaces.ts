// Network interfaces of servers: subnet, security groups and public address.
import { type Json, listOf, type Resource } from './assembly';

interface ServerType {
  /** Prefix of the path of the server's settings; empty at the top level. */
  readonly below: string;
  /** Property of the security groups of an interface. */
  readonly groups: string;
}

/** Each resource type that launches servers. */
const serverTypes: Readonly<Record<string, ServerType>> = {
  'AWS::EC2::Instance': { below: '', groups: 'GroupSet' },
  'AWS::EC2::LaunchTemplate': { below: 'LaunchTemplateData.', groups: 'Groups' },
  'AWS::AutoScaling::LaunchConfiguration': { below: '', groups: 'SecurityGroups' },
};

export const servers: readonly string[] = Object.keys(serverTypes);

/** The path of a server's own property, as in `LaunchTemplateData.KeyName`. */
export const serverPath = (type: string, name: string): string => `${serverTypes[type]?.below ?? ''}${name}`;

/** One interface of a server. For missing values the server's own properties apply. */
export interface NetworkInterface {
  readonly path: string;
  readonly subnet: Json | undefined;
  readonly groups: readonly Json[];
  readonly groupsPath: string;
  readonly publicAddress: Json | undefined;
  /** A separate network interface, which has its own subnet and security groups. */
  readonly existing: Json | undefined;
}

/** Every interface that a server lists; none if the server's own properties apply. */
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
