// The resources of a large account as services return them, each as long as a real one.
export const ACCOUNT = '111122223333';

const hex = (number: number, length = 17): string => number.toString(16).padStart(length, '0');

export const instanceId = (number: number): string => `i-${hex(number)}`;

const TAG_KEYS = [
  ...['Name', 'team', 'env', 'cost-centre', 'owner', 'application', 'patch-group'],
  ...['aws:autoscaling:groupName', 'aws:cloudformation:stack-name', 'aws:cloudformation:stack-id'],
];

const items = (texts: readonly string[]): string => texts.map((text) => `<item>${text}</item>`).join('');

const group = (number: number): string =>
  items([`<groupId>sg-${hex(number % 40)}</groupId><groupName>app-${number % 40}</groupName>`]);

const TIME = '2026-08-23T10:15:00.000Z';

function network(number: number, region: string): string {
  const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  const host = `<privateIpAddress>${address}</privateIpAddress><privateDnsName>ip-10-0-0-1.${region}.compute.internal</privateDnsName>`;
  return items([
    `<networkInterfaceId>eni-${hex(number)}</networkInterfaceId><subnetId>subnet-${hex(number % 20)}</subnetId><vpcId>vpc-${hex(number % 5)}</vpcId><description/><ownerId>${ACCOUNT}</ownerId><status>in-use</status><macAddress>06:00:00:00:00:01</macAddress>${host}<sourceDestCheck>true</sourceDestCheck><groupSet>${group(number)}</groupSet><attachment><attachmentId>eni-attach-${hex(number)}</attachmentId><deviceIndex>0</deviceIndex><networkCardIndex>0</networkCardIndex><status>attached</status><attachTime>${TIME}</attachTime><deleteOnTermination>true</deleteOnTermination></attachment><privateIpAddressesSet>${items([`${host}<primary>true</primary>`])}</privateIpAddressesSet><ipv6AddressesSet/><interfaceType>interface</interfaceType><operator><managed>false</managed></operator>`,
  ]);
}

const disks = (number: number): string =>
  items(
    [0, 1].map(
      (disk) =>
        `<deviceName>/dev/xvd${'ab'[disk]}</deviceName><ebs><volumeId>vol-${hex(number * 2 + disk)}</volumeId><status>attached</status><attachTime>${TIME}</attachTime><deleteOnTermination>true</deleteOnTermination></ebs>`,
    ),
  );

const tags = (number: number): string =>
  items(
    TAG_KEYS.map((key) => `<key>${key}</key><value>${key}-${number % 97}-some-text-as-people-write</value>`),
  );

export function instanceXml(number: number, region: string): string {
  const one = `<instanceId>${instanceId(number)}</instanceId><imageId>ami-${hex(number % 50)}</imageId><instanceState><code>16</code><name>running</name></instanceState><privateDnsName>ip-10-0-0-1.${region}.compute.internal</privateDnsName><dnsName/><reason/><amiLaunchIndex>0</amiLaunchIndex><productCodes/><instanceType>m6i.xlarge</instanceType><launchTime>${TIME}</launchTime><placement><availabilityZone>${region}a</availabilityZone><groupName/><tenancy>default</tenancy></placement><monitoring><state>disabled</state></monitoring><subnetId>subnet-${hex(number % 20)}</subnetId><vpcId>vpc-${hex(number % 5)}</vpcId><sourceDestCheck>true</sourceDestCheck><groupSet>${group(number)}</groupSet><architecture>x86_64</architecture><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping>${disks(number)}</blockDeviceMapping><virtualizationType>hvm</virtualizationType><clientToken>${hex(number, 36)}</clientToken><tagSet>${tags(number)}</tagSet><hypervisor>xen</hypervisor><networkInterfaceSet>${network(number, region)}</networkInterfaceSet><iamInstanceProfile><arn>arn:aws:iam::${ACCOUNT}:instance-profile/app-${number % 200}</arn><id>AIPA${hex(number)}</id></iamInstanceProfile><ebsOptimized>true</ebsOptimized><enaSupport>true</enaSupport><cpuOptions><coreCount>2</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions><capacityReservationSpecification><capacityReservationPreference>open</capacityReservationPreference></capacityReservationSpecification><hibernationOptions><configured>false</configured></hibernationOptions><metadataOptions><state>applied</state><httpTokens>required</httpTokens><httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint><httpProtocolIpv6>disabled</httpProtocolIpv6><instanceMetadataTags>disabled</instanceMetadataTags></metadataOptions><enclaveOptions><enabled>false</enabled></enclaveOptions><platformDetails>Linux/UNIX</platformDetails><usageOperation>RunInstances</usageOperation><usageOperationUpdateTime>${TIME}</usageOperationUpdateTime><privateDnsNameOptions><hostnameType>ip-name</hostnameType><enableResourceNameDnsARecord>false</enableResourceNameDnsARecord></privateDnsNameOptions><maintenanceOptions><autoRecovery>default</autoRecovery><rebootMigration>default</rebootMigration></maintenanceOptions><currentInstanceBootMode>uefi</currentInstanceBootMode><operator><managed>false</managed></operator>`;
  return items([
    `<reservationId>r-${hex(number)}</reservationId><ownerId>${ACCOUNT}</ownerId><groupSet/><instancesSet>${items([one])}</instancesSet>`,
  ]);
}

/** Two for each instance. */
export const volumeXml = (number: number, region: string): string =>
  items([
    `<volumeId>vol-${hex(number)}</volumeId><size>100</size><snapshotId/><availabilityZone>${region}a</availabilityZone><status>in-use</status><createTime>${TIME}</createTime><attachmentSet>${items([`<volumeId>vol-${hex(number)}</volumeId><instanceId>${instanceId(number >> 1)}</instanceId><device>/dev/xvda</device><status>attached</status>`])}</attachmentSet><volumeType>gp3</volumeType><iops>3000</iops><throughput>125</throughput><encrypted>true</encrypted><multiAttachEnabled>false</multiAttachEnabled><tagSet>${tags(number >> 1)}</tagSet>`,
  ]);

export const managedInstance = (number: number): object => ({
  ...{ InstanceId: instanceId(number), PingStatus: 'Online', LastPingDateTime: 1787480467 },
  ...{ AgentVersion: '3.3.0.0', IsLatestVersion: true, PlatformType: 'Linux', PlatformName: 'Amazon Linux' },
  ...{ PlatformVersion: '2023', ResourceType: 'EC2Instance', IPAddress: '10.0.0.1' },
  ...{ ComputerName: 'ip-10-0-0-1', SourceType: 'AWS::EC2::Instance', SourceId: instanceId(number) },
});

const encoded = (document: object): string => encodeURIComponent(JSON.stringify(document));

const POLICY = (number: number): string =>
  encoded({
    Version: '2012-10-17',
    Statement: Array.from({ length: 6 }, (_, k) => ({
      ...{ Sid: `S${k}`, Effect: 'Allow' },
      Action: ['ec2:Describe*', 'ssm:StartSession', 's3:GetObject', 'logs:PutLogEvents'],
      Resource: [`arn:aws:ec2:*:${ACCOUNT}:instance/*`, 'arn:aws:s3:::bucket-name/*'],
      Condition: {
        StringEquals: { 'aws:ResourceTag/team': `team-${number % 97}-some-text-as-people-write` },
      },
    })),
  });

const TRUST = encoded({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

export const roleXml = (number: number): string =>
  `<member><Path>/</Path><RoleName>role-${number}</RoleName><RoleId>AROA${hex(number)}</RoleId><Arn>arn:aws:iam::${ACCOUNT}:role/role-${number}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>${TRUST}</AssumeRolePolicyDocument><InstanceProfileList/><RolePolicyList><member><PolicyName>own</PolicyName><PolicyDocument>${POLICY(number)}</PolicyDocument></member></RolePolicyList><AttachedManagedPolicies/><Tags><member><Key>team</Key><Value>team-${number % 97}</Value></member></Tags></member>`;

/** The group of an application, with a port that is open to another group. */
export const groupXml = (number: number): string =>
  items([
    `<ownerId>${ACCOUNT}</ownerId><groupId>sg-${hex(number)}</groupId><groupName>app-${number}</groupName><groupDescription>app</groupDescription><vpcId>vpc-${hex(number % 5)}</vpcId><ipPermissions>${items([`<ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort><groups/><ipRanges>${items(['<cidrIp>10.0.0.0/8</cidrIp>'])}</ipRanges><ipv6Ranges/><prefixListIds/>`])}</ipPermissions><ipPermissionsEgress/><tagSet/>`,
  ]);

export const imageXml = (number: number): string =>
  items([`<imageId>ami-${hex(number)}</imageId><name>image-${number}</name>`]);

export const snapshotXml = (number: number): string =>
  items([`<snapshotId>snap-${hex(number)}</snapshotId><volumeId>vol-${hex(number)}</volumeId>`]);

const INSTANCE = 'ssoins-7223a1b2c3d4e5f6';
export const CENTER = `arn:aws:sso:::instance/${INSTANCE}`;

export const setName = (number: number): string => `Set${number}`;
export const setArn = (number: number): string =>
  `arn:aws:sso:::permissionSet/${INSTANCE}/ps-${hex(number, 16)}`;
export const numberOfSet = (arn: string): number => Number.parseInt(arn.slice(-16), 16);

/** The id of a group or a person. */
export const directoryId = (number: number): string => `00000000-1001-7000-8000-${hex(number, 12)}`;
export const numberOf = (id: string): number => Number.parseInt(id.slice(-12), 16);

/** The role that IAM Identity Center makes of a permission set. */
export function setRoleXml(number: number): string {
  const name = `AWSReservedSSO_${setName(number)}_${hex(number, 16)}`;
  return roleXml(number)
    .replaceAll(`role/role-${number}`, `role/aws-reserved/sso.amazonaws.com/${name}`)
    .replaceAll(`role-${number}`, name)
    .replace('<Path>/</Path>', '<Path>/aws-reserved/sso.amazonaws.com/</Path>');
}
