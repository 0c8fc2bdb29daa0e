import { Template } from 'aws-cdk-lib/assertions';
import { classificationTag, clauseMetadataKey, tagDeployment, writeClauseMetadata } from '../../../lib/labels/labels';
import { accountStack, accountTemplate, type Choice } from './account-stack';
import { findingsOf } from './findings';

const choices: Choice[] = (['production', 'staging', 'development'] as const).flatMap((environment) => [
  { environment, site: 'home' },
  { environment, site: 'recovery' },
]);

describe.each(choices)('the account stack of $environment at the $site site', (choice) => {
  const { app, stack, site } = accountStack(choice);
  tagDeployment(app, site);
  writeClauseMetadata(app);
  const template = Template.fromStack(stack);

  test('keeps the logical ids of resources that hold data', () => {
    const holding = ['AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::Logs::LogGroup', 'AWS::CloudTrail::Trail'];
    expect(holding.map((type) => Object.keys(template.findResources(type)))).toEqual([
      ['DeploymentKey789843F6', 'AuditKeyB2DBB069', 'BackupsKeyD4DFD2DB'],
      ['AuditArchive60EBC247', 'EdgeLogLanding5A3A6E6A', 'EdgeLogs3E8D2A9E'],
      [
        'AuditTrailLogGroup28BB9333',
        expect.stringMatching(/^EdgeLogRedactionFunctionLog/),
        expect.stringMatching(/^EnvironmentsFunctionLog/),
      ],
      ['AuditTrailC93518EF'],
    ]);
  });

  test('labels each resource with its clauses, and each one that holds data with its classification', () => {
    for (const [id, { Type, Metadata, Properties }] of Object.entries(template.toJSON().Resources as Record<string, Resource>)) {
      expect([id, Metadata?.[clauseMetadataKey]]).toEqual([id, expect.arrayContaining([expect.stringMatching(/^TOM-/)])]);
      if (!/Key$|Bucket$|LogGroup|Trail$/.test(Type)) continue;
      expect([id, Properties.Tags]).toEqual([id, expect.arrayContaining([{ Key: classificationTag, Value: classificationOf(id) }])]);
    }
  });

  test('answers for every finding of the rule packs, and for nothing that none of them finds', () => {
    const { found, acknowledged } = findingsOf(stack);
    expect(found).toEqual(acknowledged);
  });
});

/** The buckets of the logs and the backups have data of visitors; the function's own log has none. */
function classificationOf(id: string): string {
  if (/^(?:EdgeLogRedaction|Environments)/.test(id)) return 'internal';
  return /^(?:BackupsKey|EdgeLog)/.test(id) ? 'personal' : 'confidential';
}

interface Resource {
  readonly Type: string;
  readonly Metadata?: Record<string, unknown>;
  readonly Properties: { readonly Tags?: unknown };
}

test('recovered, it does not name the home region', () => {
  expect(JSON.stringify(accountTemplate({ site: 'recovery' }).toJSON())).not.toContain('eu-west-3');
});

test('the properties for other stacks refer to its resources', () => {
  const { stack } = accountStack();
  const idOf = (token: string) => JSON.stringify(stack.resolve(token));
  expect(idOf(stack.key.keyArn)).toContain('"DeploymentKey789843F6"');
  expect(idOf(stack.auditKey.keyArn)).toContain('"AuditKeyB2DBB069"');
  expect(idOf(stack.auditArchive.bucketArn)).toContain('"AuditArchive60EBC247"');
  expect(stack.auditArchive.encryptionKey).toBe(stack.auditKey);
  expect(idOf(stack.trail.ref)).toContain('"AuditTrailC93518EF"');
  expect(idOf(stack.edgeLogLanding.bucketName)).toContain('"EdgeLogLanding');
});
