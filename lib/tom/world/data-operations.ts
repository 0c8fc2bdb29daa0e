// Operations on data whose names do not begin with a verb of reading, or that a pattern of actions can hide.

const of = (service: string, ...actions: readonly string[]): readonly string[] => actions.map((action) => `${service}:${action}`);

/**
 * Operations on the content of stores. An action or pattern that covers one of them is an access to data; so is every
 * action with a verb of reading ("Actions, resources, and condition keys for AWS services").
 */
export const dataOperations: readonly string[] = [
  ...of('dynamodb', 'BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'ExportTableToPointInTime', 'GetItem', 'PartiQLSelect', 'PutItem'),
  ...of('dynamodb', 'Query', 'Scan', 'UpdateItem'),
  ...of('ebs', 'GetSnapshotBlock', 'ListSnapshotBlocks', 'PutSnapshotBlock'),
  ...of('firehose', 'PutRecord', 'PutRecordBatch'),
  ...of('kinesis', 'GetRecords', 'GetShardIterator', 'PutRecord', 'PutRecords', 'SubscribeToShard'),
  ...of('kms', 'CreateGrant', 'Decrypt', 'DeriveSharedSecret', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyPair'),
  ...of('kms', 'GenerateDataKeyPairWithoutPlaintext', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo'),
  ...of('lambda', 'GetFunction', 'InvokeAsync', 'InvokeFunction', 'InvokeFunctionUrl'),
  ...of('logs', 'CreateExportTask', 'CreateLogStream', 'FilterLogEvents', 'GetLogEvents', 'GetLogRecord', 'GetQueryResults'),
  ...of('logs', 'PutLogEvents', 'StartLiveTail', 'StartQuery', 'Unmask'),
  ...of('rds', 'DownloadCompleteDBLogFile', 'DownloadDBLogFilePortion'),
  ...of('rds-data', 'BatchExecuteStatement', 'ExecuteSql', 'ExecuteStatement'),
  ...of('rds-db', 'connect'),
  ...of('s3', 'AbortMultipartUpload', 'DeleteObject', 'DeleteObjectVersion', 'GetObject', 'GetObjectTorrent', 'GetObjectVersion'),
  ...of('s3', 'ListBucket', 'ListBucketMultipartUploads', 'ListBucketVersions', 'ListMultipartUploadParts', 'PutObject'),
  ...of('s3', 'ReplicateObject', 'RestoreObject'),
  ...of('secretsmanager', 'BatchGetSecretValue', 'GetSecretValue', 'PutSecretValue'),
  ...of('sns', 'Publish', 'Subscribe'),
  ...of('sqs', 'DeleteMessage', 'ReceiveMessage', 'SendMessage'),
  ...of('ssm', 'GetParameter', 'GetParameterHistory', 'GetParameters', 'GetParametersByPath'),
];
