// The same values in another notation or order.
import { attribute, type Fields, fieldsAt, functionNamed, type Json, listAt, permissionsOf, put, resourceOfType } from '../challenge';
import type { HonestChange } from './honest';

export const notationChanges: readonly HonestChange[] = [
  {
    title: 'statements of a policy in another order',
    change: ({ collection }) => void listAt(permissionsOf(collection, 'ingest').properties, 'PolicyDocument/Statement').reverse(),
  },
  {
    title: 'actions of a statement in another order',
    change({ collection }) {
      for (const statement of listAt(permissionsOf(collection, 'ingest').properties, 'PolicyDocument/Statement') as Fields[])
        if (Array.isArray(statement.Action)) statement.Action.reverse();
    },
  },
  {
    title: 'tags in another order',
    change: ({ data }) => void listAt(resourceOfType(data, 'AWS::Kinesis::Stream').properties, 'Tags').reverse(),
  },
  {
    title: 'resources of a template in another order',
    change({ data }) {
      data.Resources = Object.fromEntries(Object.entries(data.Resources).reverse());
    },
  },
  {
    title: 'dependencies in another order',
    change: ({ collection }) => void (functionNamed(collection, 'ingest').resource.DependsOn as Json[]).reverse(),
  },
  {
    title: 'a substitution in place of an attribute',
    change({ data }) {
      const { id } = resourceOfType(data, 'AWS::IAM::Role', 'UpkeepFunctionRole');
      put(functionNamed(data, 'database-upkeep').properties, 'Role', { 'Fn::Sub': `\${${id}.Arn}` });
    },
  },
  {
    title: 'an output in place of an import',
    change({ data }) {
      const { properties } = functionNamed(data, 'database-upkeep');
      const name = String(fieldsAt(properties, 'KmsKeyArn')['Fn::ImportValue']);
      const [StackName, OutputName] = name.split(':') as [string, string];
      put(properties, 'KmsKeyArn', { 'Fn::GetStackOutput': { StackName, OutputName } });
    },
  },
  {
    title: 'a join of one part in place of an attribute',
    change({ data }) {
      const { id } = resourceOfType(data, 'AWS::IAM::Role', 'SiteAdminFunctionRole');
      put(functionNamed(data, 'site-admin').properties, 'Role', { 'Fn::Join': ['', [attribute(id)]] });
    },
  },
];
