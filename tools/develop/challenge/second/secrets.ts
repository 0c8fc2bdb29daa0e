// Secrets where they must not be: encoded, split, in names, in sections.
import { add, type Challenge, fieldsAt, ref, resourceOfType, scheduleOf, section } from '../challenge';
import { join, variables } from './places';

/** The word that stands for a secret. */
const secret = 'Winter-2026-Paris';

export const secretChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a password in Base64 among the settings of a function',
    change: ({ edge }) => {
      variables(edge, 'certificate').AUTHORITY = Buffer.from(`registrar:${secret}`).toString('base64');
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a password in two halves that the input of a schedule joins',
    change: ({ data }) => {
      fieldsAt(scheduleOf(data, 'database-upkeep').properties, 'Target').Input = join('{"account":"', 'Winter-', '2026-Paris', '"}');
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a token in a mapping of the template that a setting looks up',
    change: ({ collection }) => {
      section(collection, 'Mappings').Regions = { 'eu-west-3': { feed: 'ghp16C7e42F292c6912E7710c838347Ae178B4a' } };
      variables(collection, 'site-snapshot').FEED = { 'Fn::FindInMap': ['Regions', ref('AWS::Region'), 'feed'] };
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a plain parameter of Systems Manager with the value of the context key',
    change: ({ data }) => {
      const id = ref(resourceOfType(data, 'AWS::SecretsManager::Secret').id);
      add(data, 'ContextKeyCopy', 'AWS::SSM::Parameter', {
        Name: '/production/context',
        Type: 'String',
        Value: join('{{resolve:secretsmanager:', id, ':SecretString:key}}'),
      });
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a known key in the template of the generated secret, whose generated value goes elsewhere',
    change: ({ data }) => {
      const generated = fieldsAt(resourceOfType(data, 'AWS::SecretsManager::Secret').properties, 'GenerateSecretString');
      generated.GenerateStringKey = 'nonce';
      generated.SecretStringTemplate = '{"version":1,"key":"Qk7wM2xTz9RbV4nYc8LpHd3FgJs6KeUa5ZtXq1WmCvBhNyPr0SDfGjEiAo7uRlTk"}';
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a token in the name of a log stream',
    change: ({ collection }) => {
      resourceOfType(collection, 'AWS::Logs::LogStream').properties.LogStreamName = 'delivery-xoxb-2718281828-459045235360-pQ7vLm2Tz9';
    },
  },
];
