// The way of a hit from the stream to the database and the archive, and the queues of what fails.
import {
  add,
  addStatement,
  at,
  attribute,
  type Challenge,
  drop,
  functionNamed,
  importOf,
  listAt,
  otherAccount,
  permissionsOf,
  put,
  ref,
  resourceOfType,
  statementOf,
} from '../challenge';

const mapping = 'AWS::Lambda::EventSourceMapping';
const delivery = 'AWS::KinesisFirehose::DeliveryStream';
const destination = 'ExtendedS3DestinationConfiguration';

export const streamChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-5.1',
    kind: 'E',
    title: 'an event source of the ingest with the text "false" for its state',
    change({ collection }) {
      resourceOfType(collection, mapping).properties.Enabled = 'false';
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'E',
    title: 'an event source of the ingest with a filter for one site',
    change({ collection }) {
      resourceOfType(collection, mapping).properties.FilterCriteria = { Filters: [{ Pattern: '{"data":{"site":["1"]}}' }] };
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'J',
    title: 'an event source of the ingest that begins with the latest record',
    change({ collection }) {
      put(resourceOfType(collection, mapping).properties, 'StartingPosition', 'LATEST');
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'J',
    title: 'an event source of the ingest that discards records after a minute',
    change({ collection }) {
      const { properties } = resourceOfType(collection, mapping);
      properties.MaximumRecordAgeInSeconds = 60;
      properties.MaximumRetryAttempts = 0;
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'J',
    title: 'a stream that keeps hits for a day',
    change({ data }) {
      put(resourceOfType(data, 'AWS::Kinesis::Stream').properties, 'RetentionPeriodHours', 24);
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'a stream encrypted with the key that AWS manages',
    change({ data }) {
      put(resourceOfType(data, 'AWS::Kinesis::Stream').properties, 'StreamEncryption/KeyId', 'alias/aws/kinesis');
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'I',
    title: 'a resource policy of the stream for readers of another account',
    change({ data }) {
      const { id } = resourceOfType(data, 'AWS::Kinesis::Stream');
      add(data, 'HitsShare0A1B2C3D', 'AWS::Kinesis::ResourcePolicy', {
        ResourceArn: attribute(id),
        ResourcePolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${otherAccount}:root` },
              Action: ['kinesis:DescribeStreamSummary', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'],
              Resource: attribute(id),
            },
          ],
        },
      });
    },
  },
  {
    clause: 'TOM-7.1',
    kind: 'J',
    title: 'an archive of hits without the site in its folders',
    change({ collection }) {
      put(resourceOfType(collection, delivery).properties, `${destination}/Prefix`, 'hits/day=!{partitionKeyFromQuery:day}/');
    },
  },
  {
    clause: 'TOM-4.13',
    kind: 'I',
    title: 'a second processor of the delivery of hits, in another account',
    change({ collection }) {
      const { properties } = resourceOfType(collection, delivery);
      listAt(properties, `${destination}/ProcessingConfiguration/Processors`).push({
        Type: 'Lambda',
        Parameters: [{ ParameterName: 'LambdaArn', ParameterValue: `arn:aws:lambda:eu-west-3:${otherAccount}:function:enrich:$LATEST` }],
      });
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'B',
    title: 'a delivery of hits to a bucket of the staging deployment',
    change({ collection }) {
      put(
        resourceOfType(collection, delivery).properties,
        `${destination}/BucketARN`,
        `arn:aws:s3:::staging-archive-${otherAccount}-eu-west-3`,
      );
    },
  },
  {
    clause: 'TOM-5.9',
    kind: 'C',
    title: 'a delivery of hits that logs no failure',
    change({ collection }) {
      put(resourceOfType(collection, delivery).properties, `${destination}/CloudWatchLoggingOptions/Enabled`, false);
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'I',
    title: 'a second delivery of hits to a web address of a partner',
    change({ data, collection }) {
      const { properties } = resourceOfType(collection, delivery);
      const role = at(properties, `${destination}/RoleARN`);
      add(collection, 'PartnerDelivery0A1B2C3D', delivery, {
        DeliveryStreamType: 'KinesisStreamAsSource',
        KinesisStreamSourceConfiguration: {
          KinesisStreamARN: importOf(data, attribute(resourceOfType(data, 'AWS::Kinesis::Stream').id)),
          RoleARN: role,
        },
        HttpEndpointDestinationConfiguration: {
          EndpointConfiguration: { Name: 'partner', Url: 'https://hits.partner.example/firehose' },
          RoleARN: role,
          S3Configuration: { BucketARN: importOf(data, attribute(resourceOfType(data, 'AWS::S3::Bucket', 'Archive').id)), RoleARN: role },
        },
      });
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'dead letters of the ingest encrypted with the key of SQS',
    change({ collection }) {
      const { properties } = resourceOfType(collection, 'AWS::SQS::Queue', 'HitIngest');
      drop(properties, 'KmsMasterKeyId');
      properties.SqsManagedSseEnabled = true;
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'I',
    title: 'a second policy of the dead letters of an erasure, which replaces the refusal without TLS',
    change({ data }) {
      const { id } = resourceOfType(data, 'AWS::SQS::Queue', 'PeopleErase');
      add(data, 'PeopleEraseTeam0A1B2C3D', 'AWS::SQS::QueuePolicy', {
        Queues: [ref(id)],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'SQS:ReceiveMessage', Resource: attribute(id) }],
        },
      });
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'G',
    title: 'a queue that accepts undelivered events of the rules of every account',
    change({ collection }) {
      const { properties } = resourceOfType(collection, 'AWS::SQS::QueuePolicy', 'CollectorsReplacement');
      statementOf(properties, 'PolicyDocument', { Sid: 'UndeliveredEvents' }).Condition = {
        ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/*' },
      };
    },
  },
  {
    clause: 'TOM-5.4',
    kind: 'F',
    title: 'an export of persons that may send mail',
    change({ data }) {
      addStatement(permissionsOf(data, 'person-export').properties, 'PolicyDocument', {
        Effect: 'Allow',
        Action: ['SES:SendRawEmail', 'ses:SendEmail'],
        Resource: '*',
        Condition: { StringLike: { 'ses:FromAddress': '*@rempart.example' } },
      });
      put(functionNamed(data, 'person-export').properties, 'Environment/Variables/SENDER', 'exports@rempart.example');
    },
  },
];
