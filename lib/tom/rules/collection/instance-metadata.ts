// TOM-3.5: metadata of a server, which hold the credentials of its role, answer to a token alone, and to the server alone.

import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import type { Resource } from '../../template/assembly';
import { serverPath, servers } from '../../template/interfaces';

const required = { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } as const;

const fixes = {
  HttpTokens: 'Require version 2 of the metadata service.',
  HttpPutResponseHopLimit: 'Set the hop limit to 1: nothing behind the server asks for its credentials.',
} as const;

export const instanceMetadata: Rule = {
  name: 'instance-metadata',
  requires: 'every server answers requests for its metadata with a token alone, one hop away',
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
    name: `a server of ${type} that says nothing of it`,
    resources: { Server: { Type: type, Properties: {} } },
  })),
};

const optionsPath = (server: Resource, name: string): string => serverPath(server.type, `MetadataOptions.${name}`);
