// TOM-3.5: the instance metadata service, which returns role credentials, requires a token and a hop limit of 1.

import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import type { Resource } from '../../template/assembly';
import { serverPath, servers } from '../../template/interfaces';

const required = { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } as const;

const fixes = {
  HttpTokens: 'Require IMDSv2.',
  HttpPutResponseHopLimit: 'Set the hop limit to 1: responses must not leave the server.',
} as const;

export const instanceMetadata: Rule = {
  name: 'instance-metadata',
  requires: 'every server requires IMDSv2 with a hop limit of 1',
  types: servers,
  check: (server) =>
    (Object.keys(required) as (keyof typeof required)[]).flatMap((name): readonly Finding[] => {
      const path = optionsPath(server, name);
      return server.at(path) === required[name] ? [] : [finding(server, name, `Properties.${path}`, String(required[name]), fixes[name])];
    }),
  guards: servers.flatMap((type) => [
    guard(type, `Properties.${serverPath(type, 'MetadataOptions')}`, remove),
    guard(type, `Properties.${serverPath(type, 'MetadataOptions')}.HttpTokens`, remove, replace('optional')),
    guard(type, `Properties.${serverPath(type, 'MetadataOptions')}.HttpPutResponseHopLimit`, remove, replace(2)),
  ]),
  bypasses: servers.map((type) => ({
    name: `an ${type} without metadata options`,
    resources: { Server: { Type: type, Properties: {} } },
  })),
};

const optionsPath = (server: Resource, name: string): string => serverPath(server.type, `MetadataOptions.${name}`);
