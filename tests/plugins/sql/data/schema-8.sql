PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE kdm_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO kdm_meta VALUES('application','k8s-datamodel');
INSERT INTO kdm_meta VALUES('first_digest','1');
INSERT INTO kdm_meta VALUES('garbage','0');
INSERT INTO kdm_meta VALUES('next_lease','3');
INSERT INTO kdm_meta VALUES('redaction_key','2be54d5a4e477efb9a69bddc215a600b730349be658b05fba1ea1a2b46327748');
INSERT INTO kdm_meta VALUES('schema','8');
INSERT INTO kdm_meta VALUES('seals','{"the definitions of the resource types":"f59333fcf181a95378d7fc9790fc22832fe709a051ef8614a552b4fa063067ef","the salt of the redaction":"0d79bead8fb6a07421c508c1bd952db8ad91b2a7ada4c9d47a50ceca1bcd1239"}');
CREATE TABLE kdm_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO kdm_migrations VALUES('2026-01-create','2026-11-27 18:06:44');
INSERT INTO kdm_migrations VALUES('2026-11-digests','2026-11-27 18:06:44');
INSERT INTO kdm_migrations VALUES('2026-11-lists','2026-11-27 18:06:44');
INSERT INTO kdm_migrations VALUES('2026-11-memos','2026-11-27 18:06:44');
INSERT INTO kdm_migrations VALUES('2026-11-order','2026-11-27 18:06:44');
INSERT INTO kdm_migrations VALUES('2026-11-side','2026-11-27 18:06:44');
INSERT INTO kdm_migrations VALUES('2026-11-sums','2026-11-27 18:06:44');
INSERT INTO kdm_migrations VALUES('2026-11-views','2026-11-27 18:06:44');
CREATE TABLE kdm_types (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  definition TEXT NOT NULL,
  next_ref INTEGER NOT NULL DEFAULT 1
);
INSERT INTO kdm_types VALUES(1,'widgets','{"columns": [{"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "name", "levels": [], "name": "name", "path": "", "show": "never", "title": "Name", "type": "text", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "namespace", "levels": [], "name": "namespace", "path": "", "show": "never", "title": "Namespace", "type": "text", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "size", "levels": [], "name": "size", "path": "", "show": "never", "title": "Size", "type": "integer", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "weight", "levels": [], "name": "weight", "path": "", "show": "never", "title": "Weight", "type": "real", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "polished", "levels": [], "name": "polished", "path": "", "show": "never", "title": "Polished", "type": "boolean", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "colours", "levels": [], "name": "colours", "path": "", "show": "never", "title": "Colours", "type": "list", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "labels", "levels": [], "name": "labels", "path": "", "show": "never", "title": "Labels", "type": "json", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "in_use", "levels": [], "name": "in_use", "path": "", "show": "never", "title": "In Use", "type": "integer", "value": "", "volatile": true}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "why", "levels": [], "name": "why", "path": "", "show": "never", "title": "Why", "type": "text", "value": "", "volatile": true}], "command": "widget", "count": "widget_count", "description": "", "identity": ["namespace", "name"], "name": "widgets", "order": 10, "plural": "Widgets", "relations": [], "singular": "Widget", "skip": "widgets"}',7);
CREATE TABLE kdm_objects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  body TEXT NOT NULL
);
INSERT INTO kdm_objects VALUES(1,X'600ed9e9e3f408546a471a7f4c4db1a4d88e565fb25ecbe4b4dd72748cef13a8',170,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00002","namespace":"shop","uid":"e4bd452d-e9eb-5e8c-8ee9-2be5c82e9974"},"spec":{"size":2}}');
INSERT INTO kdm_objects VALUES(2,X'641fdf872cd717c34d3bd3a0eda8c546a70b66ba31b69be02d07bf20be80fdba',170,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00000","namespace":"shop","uid":"cdebb3a0-4569-5530-ba59-0729335378ff"},"spec":{"size":0}}');
INSERT INTO kdm_objects VALUES(3,X'e68ff53d43fe8d03b8efe611a7540607d1dc2d1f7103e66b58a53f1eca0ead01',170,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00001","namespace":"shop","uid":"a9230137-6b2e-5c67-924f-f4a4ce8204a0"},"spec":{"size":1}}');
CREATE TABLE kdm_snapshots (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  timestamp TEXT NOT NULL,
  cluster_context TEXT NOT NULL,
  cluster_info TEXT NOT NULL,
  cluster_uid TEXT,
  source TEXT NOT NULL,
  source_timestamp TEXT,
  namespace_filter TEXT,
  notes TEXT,
  complete INTEGER NOT NULL,
  redaction TEXT NOT NULL,
  seconds REAL NOT NULL,
  created_at TEXT NOT NULL
, digest TEXT, sorted_at TEXT NOT NULL DEFAULT '', rules INTEGER);
INSERT INTO kdm_snapshots VALUES(1,'7e36764d-841a-4cc1-b347-bc2e90264126','2024-03-15 10:30:15','prod','{"nodes":5,"platform":"eks","version":"v1.30.1"}','uid-of-prod','kubernetes',NULL,NULL,NULL,1,'salt-1',1.5,'2026-11-27 18:06:44','1:86977d8dc03f13a36a99f1c82d13a00085b7f82702667525cc4e3590ca714c08','2024-03-15 10:30:15',NULL);
INSERT INTO kdm_snapshots VALUES(2,'450a3ad6-d9bb-47e3-825c-1853bc958a65','2024-03-15 10:30:15','prod','{"nodes":5,"platform":"eks","version":"v1.30.1"}','uid-of-prod','kubernetes',NULL,NULL,NULL,1,'salt-1',1.5,'2026-11-27 18:06:44','1:0e385892b2a9f250aa26d46211a4dd2b23f7a16112a38238300fffcb2d3674b4','2024-03-15 10:30:15',NULL);
CREATE TABLE kdm_counts (
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  type_id INTEGER NOT NULL REFERENCES kdm_types (id),
  count INTEGER,
  records INTEGER NOT NULL, stamp TEXT, sum TEXT,
  PRIMARY KEY (snapshot_id, type_id)
) WITHOUT ROWID;
INSERT INTO kdm_counts VALUES(1,1,3,3,NULL,'9469cdec7081f35ab43ec71308ffad0380cc44b708e8a48adced270c4f96acd4');
INSERT INTO kdm_counts VALUES(2,1,3,3,NULL,'9469cdec7081f35ab43ec71308ffad0380cc44b708e8a48adced270c4f96acd4');
CREATE TABLE kdm_reads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  resource_type TEXT NOT NULL,
  read TEXT NOT NULL,
  UNIQUE (resource_type, read)
);
INSERT INTO kdm_reads VALUES(1,'','nodes');
INSERT INTO kdm_reads VALUES(2,'widgets','widgets.parts.example.org');
CREATE TABLE kdm_ledger (
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  position INTEGER NOT NULL,
  read_id INTEGER NOT NULL REFERENCES kdm_reads (id),
  optional INTEGER NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  http_code INTEGER,
  requests INTEGER NOT NULL,
  objects INTEGER,
  reused INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  microseconds INTEGER NOT NULL,
  PRIMARY KEY (snapshot_id, position)
) WITHOUT ROWID;
INSERT INTO kdm_ledger VALUES(1,0,2,0,'complete',NULL,200,3,12,2,4567,123456);
INSERT INTO kdm_ledger VALUES(1,1,1,1,'forbidden','nodes: 403',403,1,NULL,0,0,0);
INSERT INTO kdm_ledger VALUES(2,0,2,0,'complete',NULL,200,3,12,2,4567,123456);
INSERT INTO kdm_ledger VALUES(2,1,1,1,'forbidden','nodes: 403',403,1,NULL,0,0,0);
CREATE TABLE kdm_leases (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  renewed_at INTEGER NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL
);
CREATE TABLE kdm_clusters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL,
  source TEXT NOT NULL,
  version TEXT NOT NULL,
  redaction TEXT NOT NULL,
  UNIQUE (uid, source)
);
INSERT INTO kdm_clusters VALUES(1,'uid-of-prod','kubernetes','v1.30.1','salt-1/2');
CREATE TABLE kdm_indexed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cluster_id INTEGER NOT NULL REFERENCES kdm_clusters (id),
  resource TEXT NOT NULL,
  context TEXT NOT NULL,
  UNIQUE (cluster_id, resource)
);
INSERT INTO kdm_indexed VALUES(1,1,'parts.example.org/v1/Widget','crd-uid/generation-1');
CREATE TABLE kdm_index (
  indexed_id INTEGER NOT NULL REFERENCES kdm_indexed (id),
  uid TEXT NOT NULL,
  resource_version TEXT NOT NULL,
  object_id INTEGER NOT NULL REFERENCES kdm_objects (id), seal BLOB, beside_id INTEGER,
  PRIMARY KEY (indexed_id, uid)
) WITHOUT ROWID;
INSERT INTO kdm_index VALUES(1,'a9230137-6b2e-5c67-924f-f4a4ce8204a0','1',3,X'7b92aeb0083b14c5a4c516eb9b012c0c',1);
INSERT INTO kdm_index VALUES(1,'cdebb3a0-4569-5530-ba59-0729335378ff','1',2,X'd881148d27b7e6ca6960a544c0686dcd',1);
INSERT INTO kdm_index VALUES(1,'e4bd452d-e9eb-5e8c-8ee9-2be5c82e9974','1',1,X'57b2fe40150a8281b95354f6b778402e',1);
CREATE TABLE kdm_beside (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL
);
INSERT INTO kdm_beside VALUES(1,X'fbf51b22432b9af3c6d03962fe9abd6c2413d9bc82ad69e620657f5055a8553f','{"field_managers":[]}');
CREATE TABLE kdm_baselines (
  name TEXT PRIMARY KEY,
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  set_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE kdm_views (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO kdm_views VALUES('changes');
INSERT INTO kdm_views VALUES('inventory_ledger');
INSERT INTO kdm_views VALUES('inventory_snapshots');
INSERT INTO kdm_views VALUES('latest_widgets');
INSERT INTO kdm_views VALUES('widgets');
CREATE TABLE kdm_memos (
  object_id INTEGER PRIMARY KEY REFERENCES kdm_objects (id),
  resource_version TEXT NOT NULL,
  seal BLOB NOT NULL,
  body TEXT NOT NULL
);
CREATE TABLE kdm_lists (
  indexed_id INTEGER NOT NULL REFERENCES kdm_indexed (id),
  type_id INTEGER NOT NULL REFERENCES kdm_types (id),
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  first_ref INTEGER NOT NULL,
  records INTEGER NOT NULL,
  sum TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  first_key BLOB NOT NULL,
  last_key BLOB NOT NULL,
  note TEXT NOT NULL,
  seal BLOB NOT NULL,
  PRIMARY KEY (indexed_id, type_id)
) WITHOUT ROWID
;
INSERT INTO kdm_lists VALUES(1,1,2,4,3,'9469cdec7081f35ab43ec71308ffad0380cc44b708e8a48adced270c4f96acd4','3:e0719bed19ff1a249a69625c59c4654a923d78da980d5c15ae7829d514b5b870',X'73686f70007769646765742d3030303030',X'73686f70007769646765742d3030303032','a note',X'd277feb0def684008d98a6dcb63c0b78');
CREATE TABLE IF NOT EXISTS "kdm_widgets_rows" (
  kdm_id INTEGER PRIMARY KEY AUTOINCREMENT,
  kdm_digest BLOB NOT NULL UNIQUE,
  kdm_object INTEGER NOT NULL REFERENCES kdm_objects (id)
, "name" TEXT, "namespace" TEXT, "size" INTEGER, "weight" REAL, "polished" INTEGER, "colours" TEXT, "labels" TEXT);
INSERT INTO kdm_widgets_rows VALUES(1,X'52fa64e22c605a85921e018e6bdce13ccac963d23281f64697975690b22f9b1c',2,'widget-00000','shop',0,NULL,NULL,'','{}');
INSERT INTO kdm_widgets_rows VALUES(2,X'93a66b12ef958313d9f39e0c9955fe2c755d1a31109b94e390e42aeae1c6641b',1,'widget-00002','shop',2,NULL,NULL,'','{}');
INSERT INTO kdm_widgets_rows VALUES(3,X'fb31fd49bde800281945eefe671b40cd961bfc64876bfc8433c5d40547689876',3,'widget-00001','shop',1,NULL,NULL,'','{}');
CREATE TABLE IF NOT EXISTS "kdm_widgets_states" (kdm_id INTEGER PRIMARY KEY AUTOINCREMENT, kdm_digest BLOB NOT NULL UNIQUE, "in_use" INTEGER, "why" TEXT);
INSERT INTO kdm_widgets_states VALUES(1,X'f03eaa27d94d95c259a5070b9e80a3c7',0,NULL);
CREATE TABLE IF NOT EXISTS "kdm_widgets_refs" (
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  id INTEGER NOT NULL,
  row_id INTEGER NOT NULL,
  state_id INTEGER,
  beside_id INTEGER,
  PRIMARY KEY (snapshot_id, id)
) WITHOUT ROWID
;
INSERT INTO kdm_widgets_refs VALUES(1,1,1,1,1);
INSERT INTO kdm_widgets_refs VALUES(1,2,3,1,1);
INSERT INTO kdm_widgets_refs VALUES(1,3,2,1,1);
INSERT INTO kdm_widgets_refs VALUES(2,4,1,1,1);
INSERT INTO kdm_widgets_refs VALUES(2,5,3,1,1);
INSERT INTO kdm_widgets_refs VALUES(2,6,2,1,1);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('kdm_types',1);
INSERT INTO sqlite_sequence VALUES('kdm_objects',3);
INSERT INTO sqlite_sequence VALUES('kdm_widgets_rows',3);
INSERT INTO sqlite_sequence VALUES('kdm_widgets_states',1);
INSERT INTO sqlite_sequence VALUES('kdm_beside',1);
INSERT INTO sqlite_sequence VALUES('kdm_snapshots',2);
INSERT INTO sqlite_sequence VALUES('kdm_reads',2);
INSERT INTO sqlite_sequence VALUES('kdm_clusters',1);
INSERT INTO sqlite_sequence VALUES('kdm_indexed',1);
CREATE INDEX kdm_snapshots_time ON kdm_snapshots (timestamp);
CREATE INDEX kdm_snapshots_sorted ON kdm_snapshots (sorted_at);
CREATE INDEX kdm_snapshots_cluster ON kdm_snapshots (cluster_context, sorted_at);
CREATE VIEW "inventory_snapshots" AS 
SELECT s.id, s.timestamp AS timestamp, s.cluster_context, s.cluster_info,
  (SELECT c.count FROM kdm_counts c WHERE c.snapshot_id = s.id AND c.type_id = 1)
  AS "widget_count", s.namespace_filter, s.notes, s.created_at AS created_at, s.complete AS complete,
  s.cluster_uid, s.source, s.source_timestamp AS source_timestamp, s.redaction, s.seconds, s.uuid
FROM kdm_snapshots s;
CREATE VIEW "inventory_ledger" AS 
SELECT l.snapshot_id, d.resource_type, d.read, l.status, l.reason, l.http_code, l.requests,
  l.objects, l.reused, l.bytes, l.microseconds / 1000000.0 AS seconds, l.optional AS optional
FROM kdm_ledger l
JOIN kdm_reads d ON d.id = l.read_id;
CREATE VIEW "widgets" AS 
SELECT r.id, r.snapshot_id, w."name" AS "name", w."namespace" AS "namespace", w."size" AS "size", w."weight" AS "weight", w."polished" AS "polished", w."colours" AS "colours", w."labels" AS "labels", s."in_use" AS "in_use", s."why" AS "why", o.body AS spec
FROM "kdm_widgets_refs" r
JOIN "kdm_widgets_rows" w ON w.kdm_id = r.row_id
LEFT JOIN "kdm_widgets_states" s ON s.kdm_id = r.state_id
LEFT JOIN kdm_objects o ON o.id = w.kdm_object;
CREATE VIEW "latest_widgets" AS 
SELECT r.id, r.snapshot_id, w."name" AS "name", w."namespace" AS "namespace", w."size" AS "size", w."weight" AS "weight", w."polished" AS "polished", w."colours" AS "colours", w."labels" AS "labels", s."in_use" AS "in_use", s."why" AS "why", o.body AS spec
FROM "kdm_widgets_refs" r
JOIN "kdm_widgets_rows" w ON w.kdm_id = r.row_id
LEFT JOIN "kdm_widgets_states" s ON s.kdm_id = r.state_id
LEFT JOIN kdm_objects o ON o.id = w.kdm_object

WHERE r.snapshot_id IN (
  SELECT n.id FROM (
    SELECT p.id, row_number() OVER (
      PARTITION BY coalesce(nullif(p.cluster_uid, ''), p.cluster_context)
      ORDER BY p.sorted_at DESC, p.id DESC
    ) AS place
    FROM kdm_snapshots p
    JOIN kdm_counts c ON c.snapshot_id = p.id AND c.type_id = 1
  ) n
  WHERE n.place = 1
);
CREATE VIEW "changes" AS WITH "pairs_1" AS (
  SELECT x.*, CASE WHEN NOT EXISTS (SELECT l.read_id FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
    WHERE l.snapshot_id = x.id AND d.resource_type = 'widgets'
      AND l.optional = 0 AND l.status IN ('complete', 'absent') EXCEPT SELECT l.read_id FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
    WHERE l.snapshot_id = x.old AND d.resource_type = 'widgets'
      AND l.optional = 0 AND l.status IN ('complete', 'absent'))
      AND NOT EXISTS (SELECT l.read_id FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
    WHERE l.snapshot_id = x.old AND d.resource_type = 'widgets'
      AND l.optional = 0 AND l.status IN ('complete', 'absent') EXCEPT SELECT l.read_id FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
    WHERE l.snapshot_id = x.id AND d.resource_type = 'widgets'
      AND l.optional = 0 AND l.status IN ('complete', 'absent')) THEN 1 ELSE 0 END AS alike
  FROM (
    SELECT s.id, s.timestamp, s.cluster_context, s.cluster_uid, c.stamp,
      lag(s.id) OVER before AS old, lag(c.stamp) OVER before AS old_stamp,
      c.sum, lag(c.sum) OVER before AS old_sum
    FROM kdm_snapshots s
    JOIN kdm_counts c ON c.snapshot_id = s.id AND c.type_id = 1 AND c.count IS NOT NULL
    WINDOW before AS (
      PARTITION BY coalesce(nullif(s.cluster_uid, ''), s.cluster_context), s.namespace_filter,
        CASE s.source WHEN 'file' THEN 1 ELSE 0 END
      ORDER BY s.sorted_at, s.id
    )
  ) x
  WHERE x.old IS NOT NULL AND CASE WHEN x.sum = x.old_sum THEN 0 ELSE 1 END = 1
),
"mine_1" AS (
  SELECT p.id, r.row_id, coalesce(r.state_id, 0) AS state_id
  FROM "pairs_1" p JOIN "kdm_widgets_refs" r ON r.snapshot_id = p."id"
  EXCEPT SELECT p.id, r.row_id, coalesce(r.state_id, 0)
  FROM "pairs_1" p JOIN "kdm_widgets_refs" r ON r.snapshot_id = p."old"
),
"theirs_1" AS (
  SELECT p.id, r.row_id, coalesce(r.state_id, 0) AS state_id
  FROM "pairs_1" p JOIN "kdm_widgets_refs" r ON r.snapshot_id = p."old"
  EXCEPT SELECT p.id, r.row_id, coalesce(r.state_id, 0)
  FROM "pairs_1" p JOIN "kdm_widgets_refs" r ON r.snapshot_id = p."id"
)
SELECT p.old AS from_snapshot_id, p.id AS snapshot_id, p.timestamp AS timestamp,
  p.cluster_context, p.cluster_uid, 'widgets' AS type, w."namespace" AS namespace, w."name" AS name,
  coalesce(CAST(w."namespace" AS TEXT) || '/', '') || coalesce(CAST(w."name" AS TEXT), '') AS key, CASE WHEN v.kdm_id IS NULL THEN 'added'
    WHEN json_extract(o.body, '$.metadata.uid') <> json_extract(q.body, '$.metadata.uid') THEN 'recreated' ELSE 'changed' END AS change
FROM "mine_1" n
JOIN "pairs_1" p ON p.id = n.id
JOIN "kdm_widgets_rows" w ON w.kdm_id = n.row_id
JOIN kdm_objects o ON o.id = w.kdm_object
LEFT JOIN "kdm_widgets_states" s ON s.kdm_id = n.state_id
LEFT JOIN (
  SELECT m.id AS pair, m.state_id AS old_state, u.* FROM "theirs_1" m
  JOIN "kdm_widgets_rows" u ON u.kdm_id = m.row_id
) v ON v.pair = n.id AND (v."namespace" = w."namespace" OR v."namespace" IS NULL AND w."namespace" IS NULL) AND (v."name" = w."name" OR v."name" IS NULL AND w."name" IS NULL)
LEFT JOIN kdm_objects q ON q.id = v.kdm_object
LEFT JOIN "kdm_widgets_states" t ON t.kdm_id = v.old_state
WHERE CASE WHEN v.kdm_id IS NULL THEN p.alike = 1
  ELSE v.kdm_object <> w.kdm_object OR (s."in_use" <> t."in_use" OR s."why" <> t."why")
    OR (v.kdm_id <> w.kdm_id AND p.stamp = p.old_stamp) END
UNION ALL
SELECT p.old, p.id, p.timestamp, p.cluster_context, p.cluster_uid, 'widgets', w."namespace", w."name",
  coalesce(CAST(w."namespace" AS TEXT) || '/', '') || coalesce(CAST(w."name" AS TEXT), ''), 'removed'
FROM "theirs_1" n
JOIN "pairs_1" p ON p.id = n.id
JOIN "kdm_widgets_rows" w ON w.kdm_id = n.row_id
LEFT JOIN (
  SELECT m.id AS pair, u.* FROM "mine_1" m JOIN "kdm_widgets_rows" u ON u.kdm_id = m.row_id
) v ON v.pair = n.id AND (v."namespace" = w."namespace" OR v."namespace" IS NULL AND w."namespace" IS NULL) AND (v."name" = w."name" OR v."name" IS NULL AND w."name" IS NULL)
WHERE p.alike = 1 AND v.kdm_id IS NULL;
COMMIT;
