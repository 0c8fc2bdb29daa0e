// TOM-4.1: migrations run on every database, one at a time, before the functions that use the schema.

import { generatedDataType, migrationsType } from '../../../config/custom-resource-types';
import { type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, type Verdict } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { variableOf } from '../../template/functions';
import { clusterType, functionType, proxyTargetGroupType } from '../../template/resource-types';

const checksum = /^[0-9a-f]{64}$/;

export const migrationsDeployed: Rule = {
  name: 'migrations-deployed',
  requires: 'every database cluster has migrations that run one at a time, before each function and proxy that connects to it',
  types: [clusterType, functionType, proxyTargetGroupType],
  check(resource, assembly) {
    if (resource.type === clusterType) return migrationFindings(resource, assembly);
    return resource.type === proxyTargetGroupType ? targetFindings(resource, assembly) : orderVerdict(resource, assembly);
  },
  guards: [
    guard(migrationsType, '', remove),
    guard(migrationsType, 'Properties.Checksum', remove, replace('latest')),
    guard(migrationsType, 'Properties.Database', remove, replace('elsewhere')),
    guard(migrationsType, 'Properties.ServiceToken', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guard(proxyTargetGroupType, 'DependsOn', remove, replace([])),
    guardWhere(functionType, isMigrationFunction, 'Properties.ReservedConcurrentExecutions', remove, replace(2)),
    ...dependencyGuards(),
  ],
  reads: [
    { type: functionType, path: 'Properties.Environment' },
    { type: functionType, path: 'DependsOn' },
  ],
};

function migrationFindings(cluster: Resource, assembly: Assembly): readonly Finding[] {
  const own = assembly.ofType(migrationsType).filter((migration) => assembly.refersTo(migration.at('Database'), migration, cluster));
  if (own.some((migration) => runsMigrations(migration, assembly))) return [];
  const required = 'a migration resource with this database, the checksum of the files and a function with a reserved concurrency of 1';
  return [
    {
      ...finding(cluster, 'migrations', `the ${migrationsType} of the cluster`, required, 'Create Migrations for the cluster.'),
      found: own[0]?.logicalId,
    },
  ];
}

function runsMigrations(migration: Resource, assembly: Assembly): boolean {
  const lambda = assembly.target(migration.at('ServiceToken'), migration.stack);
  return (
    checksum.test(String(migration.at('Checksum'))) && lambda?.type === functionType && lambda.at('ReservedConcurrentExecutions') === 1
  );
}

/** A proxy reaches a restored cluster only after the cluster has the schema and the key of site contexts. */
function targetFindings(group: Resource, assembly: Assembly): readonly Finding[] {
  if (namesSchema(group, assembly)) return [];
  return [finding(group, 'targets', 'DependsOn', 'the migrations', 'Add a dependency on the schema of Migrations.')];
}

/**
 * A function that connects as a role of the schema depends on the migrations, itself or through the resource that
 * invokes it.
 */
function orderVerdict(lambda: Resource, assembly: Assembly): Verdict {
  if (!usesSchema(lambda)) return 'not-applicable';
  if (dependsOnSchema(lambda, assembly) || callersOf(lambda, assembly).some((caller) => dependsOnSchema(caller, assembly))) return [];
  return [
    finding(lambda, 'order', 'DependsOn', 'a dependency on the migrations', 'Add a dependency on the schema property of Migrations.'),
  ];
}

/**
 * Functions that connect as a role of the schema. Migrations and key rotation use the master secret and create that
 * schema.
 */
const usesSchema = (lambda: Resource): boolean =>
  variableOf(lambda, 'DATABASE_HOST') !== undefined && variableOf(lambda, 'MASTER_SECRET') === undefined;

const callersOf = (lambda: Resource, assembly: Assembly): readonly Resource[] =>
  assembly.ofType(generatedDataType).filter((caller) => assembly.refersTo(caller.at('ServiceToken'), caller, lambda));

/**
 * In the stack of the migrations a resource depends on them directly. A resource of another stack that imports the
 * database host waits for the whole stack of the migrations: exports exist after the stack is deployed ("Get exported
 * outputs from a deployed CloudFormation stack").
 */
function dependsOnSchema(resource: Resource, assembly: Assembly): boolean {
  const host = assembly.target(variableOf(resource, 'DATABASE_HOST'), resource.stack);
  if (host && host.stack !== resource.stack) {
    return assembly.ofType(migrationsType).some((migration) => migration.stack === host.stack);
  }
  return namesSchema(resource, assembly);
}

function namesSchema(resource: Resource, assembly: Assembly): boolean {
  const names = listOf(resource.json.DependsOn as Json | undefined);
  return names.some((name) => typeof name === 'string' && assembly.resource(resource.stack.name, name)?.type === migrationsType);
}

function isMigrationFunction(lambda: Resource, assembly: Assembly): boolean {
  return assembly.ofType(migrationsType).some((migration) => assembly.refersTo(migration.at('ServiceToken'), migration, lambda));
}

function dependencyGuards(): readonly Guard[] {
  const dependsDirectly: Guard['where'] = (lambda, assembly) =>
    usesSchema(lambda) && dependsOnSchema(lambda, assembly) && !importsHost(lambda);
  const dependsOnStack: Guard['where'] = (lambda) => usesSchema(lambda) && importsHost(lambda);
  return [
    guardWhere(functionType, dependsDirectly, 'DependsOn', remove, replace([])),
    guardWhere(functionType, dependsOnStack, 'Properties.Environment.Variables.DATABASE_HOST', replace('database.example')),
  ];
}

function importsHost(lambda: Resource): boolean {
  const host = variableOf(lambda, 'DATABASE_HOST');
  return isObject(host) && 'Fn::ImportValue' in host;
}
