// The roles whose sessions reach the objects of one site of the lake: that of the session tag.
import { ArnPrincipal, CompositePrincipal, ManagedPolicy, Role, SessionTagsPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { lakeRoleCalls } from '../../runtime/calls';
import { type LakeRole, lakeFolder, lakeRoleName, siteSessionTag } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import type { ControlFunction } from '../functions/control-function';
import { acknowledgeWildcard } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';

export interface LakeRolesProps {
  readonly site: Site;
  /** Holds the lake. */
  readonly archive: IBucket;
  /** Encrypts the archive. (TOM-5.5) */
  readonly dataKey: IKey;
  /** Functions that read objects. */
  readonly readers: readonly ControlFunction[];
  /** Functions that write, replace and delete objects. */
  readonly writers: readonly ControlFunction[];
}

const descriptions: Readonly<Record<LakeRole, string>> = {
  'lake-reader': 'Reads the objects of one site of the lake, that of the session tag',
  'lake-writer': 'Writes, replaces and deletes the objects of one site of the lake, that of the session tag',
};

/**
 * A function has no permission on objects of the lake. It assumes one of these roles with the tag `rempart:site`, and
 * the permissions of the role contain the value of the tag: whatever key a statement or a catalogue names, S3 denies
 * the objects of other sites. A session without the tag reaches none, because a resource with a variable that the
 * request lacks matches nothing ("IAM policy elements: Variables and tags"). A value has no wildcard: tags contain
 * neither `*` nor `?`, and IAM matches the value of a variable as text. The name of the session is in the audit trail
 * of each object. (TOM-4.1, TOM-4.8, TOM-7.1)
 *
 * No role deletes a version: the permissions boundary denies it. A deleted or replaced object is a noncurrent version
 * for 14 days (data-bucket.ts), the only copy after a mistake, and then gone. (DSS-4.2, TOM-6.7)
 */
export class LakeRoles extends Construct {
  constructor(scope: Construct, id: string, props: LakeRolesProps) {
    super(scope, id);
    serves(this, 'TOM-4.1', 'TOM-7.1', 'TOM-3.5');
    classify(this, 'personal');
    this.addRole('Reader', 'lake-reader', props.readers, props);
    this.addRole('Writer', 'lake-writer', props.writers, props);
  }

  private addRole(id: string, name: LakeRole, functions: readonly ControlFunction[], { site, archive, dataKey }: LakeRolesProps): void {
    const role = new Role(this, `${id}Role`, {
      roleName: lakeRoleName(site, name),
      description: descriptions[name],
      assumedBy: new CompositePrincipal(...functions.map(({ roleArn }) => ofOneSite(roleArn))),
      // The shortest: a session lasts for one site.
      maxSessionDuration: Duration.hours(1),
    });
    const policy = new ManagedPolicy(this, `${id}Permissions`, {
      description: `Permissions of the role ${name}`,
      roles: [role],
      statements: callStatements(this, lakeRoleCalls[name], {
        site,
        arns: { 'data/Archive.Arn': archive.bucketArn, 'data/DataKey.Arn': dataKey.keyArn },
      }),
    });
    const bucket = Stack.of(this).resolve(archive.bucketArn)['Fn::GetAtt'][0];
    acknowledgeWildcard(policy, {
      resource: `<${bucket}.Arn>/${lakeFolder}/site=<aws:PrincipalTag/${siteSessionTag}>/*`,
      reason: 'The objects of the one site of the session; the catalogue of the database has their names.',
    });
  }
}

/**
 * The trust in the role of one function, with the tag of the site and with no other ("Passing session tags in AWS
 * STS"). IAM keeps the id of the trusted role: a role of the same name that is made later is another one. (TOM-4.1)
 */
const ofOneSite = (roleArn: string): SessionTagsPrincipal =>
  new SessionTagsPrincipal(
    new ArnPrincipal(roleArn).withConditions({
      Null: { [`aws:RequestTag/${siteSessionTag}`]: 'false' },
      // True of a request without tags, too, which the first condition refuses.
      'ForAllValues:StringEquals': { 'aws:TagKeys': [siteSessionTag] },
    }),
  );
