// Texts for people in other words.
import { alarmNamed, at, fieldsAt, functionNamed, put, resourceOfType, roleOf, scheduleOf } from '../challenge';
import type { HonestChange } from './honest';

export const textChanges: readonly HonestChange[] = [
  {
    title: 'another description of a function, which its role repeats',
    change({ collection }) {
      const words = 'Writes hits of the stream to the database';
      put(functionNamed(collection, 'ingest').properties, 'Description', words);
      put(roleOf(collection, 'ingest').properties, 'Description', `Function ingest: ${words}`);
    },
  },
  {
    title: 'another description of an alarm, with the same severity and runbook entry',
    change({ edge }) {
      const { properties } = alarmNamed(edge, 'LoadBalancerErrors');
      const [, end] = /( Severity: .*)$/.exec(String(at(properties, 'AlarmDescription'))) ?? [];
      put(properties, 'AlarmDescription', `The load balancer answers with errors of its own.${end}`);
    },
  },
  {
    title: 'another description of a key',
    change: ({ data }) =>
      put(resourceOfType(data, 'AWS::KMS::Key', 'DataKey').properties, 'Description', 'Encrypts the hits and the uploads'),
  },
  {
    title: 'another description of a security group',
    change: ({ data }) =>
      put(resourceOfType(data, 'AWS::EC2::SecurityGroup', 'AccessSecurityGroup').properties, 'GroupDescription', 'Functions at the proxy'),
  },
  {
    title: 'another description of a schedule',
    change: ({ data }) => put(scheduleOf(data, 'database-upkeep').properties, 'Description', 'Daily care of the database'),
  },
  {
    title: 'another description of a secret',
    change: ({ data }) =>
      put(resourceOfType(data, 'AWS::SecretsManager::Secret').properties, 'Description', 'Key of the context of a process'),
  },
  {
    title: 'another sender of the notifications',
    change: ({ account }) => put(resourceOfType(account, 'AWS::SNS::Topic').properties, 'DisplayName', 'Operations'),
  },
  {
    title: 'another description of a stack',
    change({ data }) {
      data.Description = 'Stores of the deployment';
    },
  },
  {
    title: 'a construct at another path of the tree',
    change: ({ data }) =>
      put(fieldsAt(functionNamed(data, 'database-upkeep').resource, 'Metadata'), 'aws:cdk:path', 'production-data/Care/Resource'),
  },
];
