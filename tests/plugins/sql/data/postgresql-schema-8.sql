SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.kdm_counts (
    snapshot_id bigint NOT NULL,
    type_id bigint NOT NULL,
    count bigint,
    records bigint NOT NULL,
    stamp text,
    sum text
);

CREATE TABLE public.kdm_ledger (
    snapshot_id bigint NOT NULL,
    "position" bigint NOT NULL,
    read_id bigint NOT NULL,
    optional integer NOT NULL,
    status text NOT NULL,
    reason text,
    http_code bigint,
    requests bigint NOT NULL,
    objects bigint,
    reused bigint NOT NULL,
    bytes bigint NOT NULL,
    microseconds bigint NOT NULL
);

CREATE TABLE public.kdm_objects (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    size bigint NOT NULL,
    body text NOT NULL
);

CREATE TABLE public.kdm_reads (
    id bigint NOT NULL,
    resource_type text NOT NULL,
    read text NOT NULL
);

CREATE TABLE public.kdm_snapshots (
    id bigint NOT NULL,
    uuid text NOT NULL,
    "timestamp" text NOT NULL,
    cluster_context text NOT NULL,
    cluster_info text NOT NULL,
    cluster_uid text,
    source text NOT NULL,
    source_timestamp text,
    namespace_filter text,
    notes text,
    complete integer NOT NULL,
    redaction text NOT NULL,
    seconds double precision NOT NULL,
    created_at text NOT NULL,
    digest text,
    sorted_at text DEFAULT ''::text NOT NULL,
    rules bigint
);

CREATE TABLE public.kdm_widgets_refs (
    snapshot_id bigint NOT NULL,
    id bigint NOT NULL,
    row_id bigint NOT NULL,
    state_id bigint,
    beside_id bigint
);

CREATE TABLE public.kdm_widgets_rows (
    kdm_id bigint NOT NULL,
    kdm_digest bytea NOT NULL,
    kdm_object bigint NOT NULL,
    name text,
    namespace text,
    size bigint,
    weight double precision,
    polished integer,
    colours text,
    labels text
);

CREATE TABLE public.kdm_widgets_states (
    kdm_id bigint NOT NULL,
    kdm_digest bytea NOT NULL,
    in_use bigint,
    why text
);

CREATE VIEW public.changes AS
 WITH pairs_1 AS (
         SELECT x.id,
            x."timestamp",
            x.cluster_context,
            x.cluster_uid,
            x.stamp,
            x.old,
            x.old_stamp,
            x.sum,
            x.old_sum,
                CASE
                    WHEN ((NOT (EXISTS ( SELECT l.read_id
                       FROM (public.kdm_ledger l
                         JOIN public.kdm_reads d ON ((d.id = l.read_id)))
                      WHERE ((l.snapshot_id = x.id) AND (d.resource_type = 'widgets'::text) AND (l.optional = 0) AND (l.status = ANY (ARRAY['complete'::text, 'absent'::text])))
                    EXCEPT
                     SELECT l.read_id
                       FROM (public.kdm_ledger l
                         JOIN public.kdm_reads d ON ((d.id = l.read_id)))
                      WHERE ((l.snapshot_id = x.old) AND (d.resource_type = 'widgets'::text) AND (l.optional = 0) AND (l.status = ANY (ARRAY['complete'::text, 'absent'::text])))))) AND (NOT (EXISTS ( SELECT l.read_id
                       FROM (public.kdm_ledger l
                         JOIN public.kdm_reads d ON ((d.id = l.read_id)))
                      WHERE ((l.snapshot_id = x.old) AND (d.resource_type = 'widgets'::text) AND (l.optional = 0) AND (l.status = ANY (ARRAY['complete'::text, 'absent'::text])))
                    EXCEPT
                     SELECT l.read_id
                       FROM (public.kdm_ledger l
                         JOIN public.kdm_reads d ON ((d.id = l.read_id)))
                      WHERE ((l.snapshot_id = x.id) AND (d.resource_type = 'widgets'::text) AND (l.optional = 0) AND (l.status = ANY (ARRAY['complete'::text, 'absent'::text]))))))) THEN 1
                    ELSE 0
                END AS alike
           FROM ( SELECT s.id,
                    s."timestamp",
                    s.cluster_context,
                    s.cluster_uid,
                    c.stamp,
                    lag(s.id) OVER before AS old,
                    lag(c.stamp) OVER before AS old_stamp,
                    c.sum,
                    lag(c.sum) OVER before AS old_sum
                   FROM (public.kdm_snapshots s
                     JOIN public.kdm_counts c ON (((c.snapshot_id = s.id) AND (c.type_id = 1) AND (c.count IS NOT NULL))))
                  WINDOW before AS (PARTITION BY COALESCE(NULLIF(s.cluster_uid, ''::text), s.cluster_context), s.namespace_filter,
                        CASE s.source
                            WHEN 'file'::text THEN 1
                            ELSE 0
                        END ORDER BY s.sorted_at, s.id)) x
          WHERE ((x.old IS NOT NULL) AND (
                CASE
                    WHEN (x.sum = x.old_sum) THEN 0
                    ELSE 1
                END = 1))
        ), mine_1 AS (
         SELECT p.id,
            r.row_id,
            COALESCE(r.state_id, (0)::bigint) AS state_id
           FROM (pairs_1 p
             JOIN public.kdm_widgets_refs r ON ((r.snapshot_id = p.id)))
        EXCEPT
         SELECT p.id,
            r.row_id,
            COALESCE(r.state_id, (0)::bigint) AS "coalesce"
           FROM (pairs_1 p
             JOIN public.kdm_widgets_refs r ON ((r.snapshot_id = p.old)))
        ), theirs_1 AS (
         SELECT p.id,
            r.row_id,
            COALESCE(r.state_id, (0)::bigint) AS state_id
           FROM (pairs_1 p
             JOIN public.kdm_widgets_refs r ON ((r.snapshot_id = p.old)))
        EXCEPT
         SELECT p.id,
            r.row_id,
            COALESCE(r.state_id, (0)::bigint) AS "coalesce"
           FROM (pairs_1 p
             JOIN public.kdm_widgets_refs r ON ((r.snapshot_id = p.id)))
        )
 SELECT p.old AS from_snapshot_id,
    p.id AS snapshot_id,
        CASE
            WHEN (p."timestamp" ~~ '____-__-__ __:__:__'::text) THEN ((p."timestamp" || '+00'::text))::timestamp with time zone
            ELSE NULL::timestamp with time zone
        END AS "timestamp",
    p.cluster_context,
    p.cluster_uid,
    'widgets'::text AS type,
    w.namespace,
    w.name,
    (COALESCE((w.namespace || '/'::text), ''::text) || COALESCE(w.name, ''::text)) AS key,
        CASE
            WHEN (v.kdm_id IS NULL) THEN 'added'::text
            WHEN (json_extract_path_text((
            CASE
                WHEN (strpos(o.body, '\u'::text) = 0) THEN o.body
                ELSE regexp_replace(o.body, '(\\u0000|\\u[dD][89a-fA-F][0-9a-fA-F][0-9a-fA-F])'::text, '\\ufffd'::text, 'g'::text)
            END)::json, VARIADIC ARRAY['metadata'::text, 'uid'::text]) <> json_extract_path_text((
            CASE
                WHEN (strpos(q.body, '\u'::text) = 0) THEN q.body
                ELSE regexp_replace(q.body, '(\\u0000|\\u[dD][89a-fA-F][0-9a-fA-F][0-9a-fA-F])'::text, '\\ufffd'::text, 'g'::text)
            END)::json, VARIADIC ARRAY['metadata'::text, 'uid'::text])) THEN 'recreated'::text
            ELSE 'changed'::text
        END AS change
   FROM (((((((mine_1 n
     JOIN pairs_1 p ON ((p.id = n.id)))
     JOIN public.kdm_widgets_rows w ON ((w.kdm_id = n.row_id)))
     JOIN public.kdm_objects o ON ((o.id = w.kdm_object)))
     LEFT JOIN public.kdm_widgets_states s ON ((s.kdm_id = n.state_id)))
     LEFT JOIN ( SELECT m.id AS pair,
            m.state_id AS old_state,
            u.kdm_id,
            u.kdm_digest,
            u.kdm_object,
            u.name,
            u.namespace,
            u.size,
            u.weight,
            u.polished,
            u.colours,
            u.labels
           FROM (theirs_1 m
             JOIN public.kdm_widgets_rows u ON ((u.kdm_id = m.row_id)))) v ON (((v.pair = n.id) AND ((v.namespace = w.namespace) OR ((v.namespace IS NULL) AND (w.namespace IS NULL))) AND ((v.name = w.name) OR ((v.name IS NULL) AND (w.name IS NULL))))))
     LEFT JOIN public.kdm_objects q ON ((q.id = v.kdm_object)))
     LEFT JOIN public.kdm_widgets_states t ON ((t.kdm_id = v.old_state)))
  WHERE
        CASE
            WHEN (v.kdm_id IS NULL) THEN (p.alike = 1)
            ELSE ((v.kdm_object <> w.kdm_object) OR ((s.in_use <> t.in_use) OR (s.why <> t.why)) OR ((v.kdm_id <> w.kdm_id) AND (p.stamp = p.old_stamp)))
        END
UNION ALL
 SELECT p.old AS from_snapshot_id,
    p.id AS snapshot_id,
        CASE
            WHEN (p."timestamp" ~~ '____-__-__ __:__:__'::text) THEN ((p."timestamp" || '+00'::text))::timestamp with time zone
            ELSE NULL::timestamp with time zone
        END AS "timestamp",
    p.cluster_context,
    p.cluster_uid,
    'widgets'::text AS type,
    w.namespace,
    w.name,
    (COALESCE((w.namespace || '/'::text), ''::text) || COALESCE(w.name, ''::text)) AS key,
    'removed'::text AS change
   FROM (((theirs_1 n
     JOIN pairs_1 p ON ((p.id = n.id)))
     JOIN public.kdm_widgets_rows w ON ((w.kdm_id = n.row_id)))
     LEFT JOIN ( SELECT m.id AS pair,
            u.kdm_id,
            u.kdm_digest,
            u.kdm_object,
            u.name,
            u.namespace,
            u.size,
            u.weight,
            u.polished,
            u.colours,
            u.labels
           FROM (mine_1 m
             JOIN public.kdm_widgets_rows u ON ((u.kdm_id = m.row_id)))) v ON (((v.pair = n.id) AND ((v.namespace = w.namespace) OR ((v.namespace IS NULL) AND (w.namespace IS NULL))) AND ((v.name = w.name) OR ((v.name IS NULL) AND (w.name IS NULL))))))
  WHERE ((p.alike = 1) AND (v.kdm_id IS NULL));

CREATE VIEW public.inventory_ledger AS
 SELECT l.snapshot_id,
    d.resource_type,
    d.read,
    l.status,
    l.reason,
    l.http_code,
    l.requests,
    l.objects,
    l.reused,
    l.bytes,
    ((l.microseconds)::numeric / 1000000.0) AS seconds,
    (l.optional <> 0) AS optional
   FROM (public.kdm_ledger l
     JOIN public.kdm_reads d ON ((d.id = l.read_id)));

CREATE VIEW public.inventory_snapshots AS
 SELECT s.id,
        CASE
            WHEN (s."timestamp" ~~ '____-__-__ __:__:__'::text) THEN ((s."timestamp" || '+00'::text))::timestamp with time zone
            ELSE NULL::timestamp with time zone
        END AS "timestamp",
    s.cluster_context,
    s.cluster_info,
    ( SELECT c.count
           FROM public.kdm_counts c
          WHERE ((c.snapshot_id = s.id) AND (c.type_id = 1))) AS widget_count,
    s.namespace_filter,
    s.notes,
        CASE
            WHEN (s.created_at ~~ '____-__-__ __:__:__'::text) THEN ((s.created_at || '+00'::text))::timestamp with time zone
            ELSE NULL::timestamp with time zone
        END AS created_at,
    (s.complete <> 0) AS complete,
    s.cluster_uid,
    s.source,
        CASE
            WHEN (s.source_timestamp ~~ '____-__-__ __:__:__'::text) THEN ((s.source_timestamp || '+00'::text))::timestamp with time zone
            ELSE NULL::timestamp with time zone
        END AS source_timestamp,
    s.redaction,
    s.seconds,
    s.uuid
   FROM public.kdm_snapshots s;

CREATE TABLE public.kdm_baselines (
    name text NOT NULL,
    snapshot_id bigint NOT NULL,
    set_at text NOT NULL
);

CREATE TABLE public.kdm_beside (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    body text NOT NULL
);

ALTER TABLE public.kdm_beside ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kdm_beside_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kdm_clusters (
    id bigint NOT NULL,
    uid text NOT NULL,
    source text NOT NULL,
    version text NOT NULL,
    redaction text NOT NULL
);

ALTER TABLE public.kdm_clusters ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kdm_clusters_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kdm_index (
    indexed_id bigint NOT NULL,
    uid text NOT NULL,
    resource_version text NOT NULL,
    object_id bigint NOT NULL,
    seal bytea,
    beside_id bigint
);

CREATE TABLE public.kdm_indexed (
    id bigint NOT NULL,
    cluster_id bigint NOT NULL,
    resource text NOT NULL,
    context text NOT NULL
);

ALTER TABLE public.kdm_indexed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kdm_indexed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kdm_leases (
    id bigint NOT NULL,
    started_at bigint NOT NULL,
    renewed_at bigint NOT NULL,
    host text NOT NULL,
    pid bigint NOT NULL
);

CREATE TABLE public.kdm_lists (
    indexed_id bigint NOT NULL,
    type_id bigint NOT NULL,
    snapshot_id bigint NOT NULL,
    first_ref bigint NOT NULL,
    records bigint NOT NULL,
    sum text NOT NULL,
    fingerprint text NOT NULL,
    first_key bytea NOT NULL,
    last_key bytea NOT NULL,
    note text NOT NULL,
    seal bytea NOT NULL
);

CREATE TABLE public.kdm_memos (
    object_id bigint NOT NULL,
    resource_version text NOT NULL,
    seal bytea NOT NULL,
    body text NOT NULL
);

CREATE TABLE public.kdm_meta (
    key text NOT NULL,
    value text NOT NULL
);

CREATE TABLE public.kdm_migrations (
    name text NOT NULL,
    applied_at text NOT NULL
);

ALTER TABLE public.kdm_objects ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kdm_objects_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.kdm_reads ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kdm_reads_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.kdm_snapshots ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kdm_snapshots_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kdm_types (
    id bigint NOT NULL,
    name text NOT NULL,
    definition text NOT NULL,
    next_ref bigint DEFAULT 1 NOT NULL
);

ALTER TABLE public.kdm_types ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kdm_types_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kdm_views (
    name text NOT NULL
);

ALTER TABLE public.kdm_widgets_rows ALTER COLUMN kdm_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kdm_widgets_rows_kdm_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.kdm_widgets_states ALTER COLUMN kdm_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kdm_widgets_states_kdm_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.latest_widgets AS
 SELECT r.id,
    r.snapshot_id,
    w.name,
    w.namespace,
    w.size,
    w.weight,
    (w.polished <> 0) AS polished,
    w.colours,
    (w.labels)::json AS labels,
    s.in_use,
    s.why,
    (o.body)::json AS spec
   FROM (((public.kdm_widgets_refs r
     JOIN public.kdm_widgets_rows w ON ((w.kdm_id = r.row_id)))
     LEFT JOIN public.kdm_widgets_states s ON ((s.kdm_id = r.state_id)))
     LEFT JOIN public.kdm_objects o ON ((o.id = w.kdm_object)))
  WHERE (r.snapshot_id IN ( SELECT n.id
           FROM ( SELECT p.id,
                    row_number() OVER (PARTITION BY COALESCE(NULLIF(p.cluster_uid, ''::text), p.cluster_context) ORDER BY p.sorted_at DESC, p.id DESC) AS place
                   FROM (public.kdm_snapshots p
                     JOIN public.kdm_counts c ON (((c.snapshot_id = p.id) AND (c.type_id = 1))))) n
          WHERE (n.place = 1)));

CREATE VIEW public.widgets AS
 SELECT r.id,
    r.snapshot_id,
    w.name,
    w.namespace,
    w.size,
    w.weight,
    (w.polished <> 0) AS polished,
    w.colours,
    (w.labels)::json AS labels,
    s.in_use,
    s.why,
    (o.body)::json AS spec
   FROM (((public.kdm_widgets_refs r
     JOIN public.kdm_widgets_rows w ON ((w.kdm_id = r.row_id)))
     LEFT JOIN public.kdm_widgets_states s ON ((s.kdm_id = r.state_id)))
     LEFT JOIN public.kdm_objects o ON ((o.id = w.kdm_object)));

INSERT INTO public.kdm_beside VALUES (1, '\xfbf51b22432b9af3c6d03962fe9abd6c2413d9bc82ad69e620657f5055a8553f', '{"field_managers":[]}');

INSERT INTO public.kdm_clusters VALUES (1, 'uid-of-prod', 'kubernetes', 'v1.30.1', 'salt-1/2');

INSERT INTO public.kdm_counts VALUES (1, 1, 3, 3, NULL, '9469cdec7081f35ab43ec71308ffad0380cc44b708e8a48adced270c4f96acd4');
INSERT INTO public.kdm_counts VALUES (2, 1, 3, 3, NULL, '9469cdec7081f35ab43ec71308ffad0380cc44b708e8a48adced270c4f96acd4');

INSERT INTO public.kdm_index VALUES (1, 'a9230137-6b2e-5c67-924f-f4a4ce8204a0', '1', 3, '\x7b92aeb0083b14c5a4c516eb9b012c0c', 1);
INSERT INTO public.kdm_index VALUES (1, 'cdebb3a0-4569-5530-ba59-0729335378ff', '1', 2, '\xd881148d27b7e6ca6960a544c0686dcd', 1);
INSERT INTO public.kdm_index VALUES (1, 'e4bd452d-e9eb-5e8c-8ee9-2be5c82e9974', '1', 1, '\x57b2fe40150a8281b95354f6b778402e', 1);

INSERT INTO public.kdm_indexed VALUES (1, 1, 'parts.example.org/v1/Widget', 'crd-uid/generation-1');

INSERT INTO public.kdm_ledger VALUES (1, 0, 2, 0, 'complete', NULL, 200, 3, 12, 2, 4567, 123456);
INSERT INTO public.kdm_ledger VALUES (1, 1, 1, 1, 'forbidden', 'nodes: 403', 403, 1, NULL, 0, 0, 0);
INSERT INTO public.kdm_ledger VALUES (2, 0, 2, 0, 'complete', NULL, 200, 3, 12, 2, 4567, 123456);
INSERT INTO public.kdm_ledger VALUES (2, 1, 1, 1, 'forbidden', 'nodes: 403', 403, 1, NULL, 0, 0, 0);

INSERT INTO public.kdm_lists VALUES (1, 1, 2, 4, 3, '9469cdec7081f35ab43ec71308ffad0380cc44b708e8a48adced270c4f96acd4', '3:e0719bed19ff1a249a69625c59c4654a923d78da980d5c15ae7829d514b5b870', '\x73686f70007769646765742d3030303030', '\x73686f70007769646765742d3030303032', 'a note', '\xd277feb0def684008d98a6dcb63c0b78');

INSERT INTO public.kdm_meta VALUES ('application', 'k8s-datamodel');
INSERT INTO public.kdm_meta VALUES ('redaction_key', 'f15a57e2dd947f9e6331b1c7851040b8bbdf461e371da19c4112798319c6bcdc');
INSERT INTO public.kdm_meta VALUES ('garbage', '0');
INSERT INTO public.kdm_meta VALUES ('first_digest', '1');
INSERT INTO public.kdm_meta VALUES ('schema', '8');
INSERT INTO public.kdm_meta VALUES ('seals', '{"the definitions of the resource types":"f59333fcf181a95378d7fc9790fc22832fe709a051ef8614a552b4fa063067ef","the salt of the redaction":"1be710ecf9d88203e9534000a892c7a9aa9fc58a0c213a836570146eb09bc3a5"}');
INSERT INTO public.kdm_meta VALUES ('next_lease', '3');

INSERT INTO public.kdm_migrations VALUES ('2026-01-create', '2026-11-27 18:07:55');
INSERT INTO public.kdm_migrations VALUES ('2026-11-digests', '2026-11-27 18:07:55');
INSERT INTO public.kdm_migrations VALUES ('2026-11-order', '2026-11-27 18:07:55');
INSERT INTO public.kdm_migrations VALUES ('2026-11-side', '2026-11-27 18:07:55');
INSERT INTO public.kdm_migrations VALUES ('2026-11-views', '2026-11-27 18:07:56');
INSERT INTO public.kdm_migrations VALUES ('2026-11-sums', '2026-11-27 18:07:56');
INSERT INTO public.kdm_migrations VALUES ('2026-11-memos', '2026-11-27 18:07:56');
INSERT INTO public.kdm_migrations VALUES ('2026-11-lists', '2026-11-27 18:07:56');

INSERT INTO public.kdm_objects VALUES (1, '\x600ed9e9e3f408546a471a7f4c4db1a4d88e565fb25ecbe4b4dd72748cef13a8', 170, '{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00002","namespace":"shop","uid":"e4bd452d-e9eb-5e8c-8ee9-2be5c82e9974"},"spec":{"size":2}}');
INSERT INTO public.kdm_objects VALUES (2, '\x641fdf872cd717c34d3bd3a0eda8c546a70b66ba31b69be02d07bf20be80fdba', 170, '{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00000","namespace":"shop","uid":"cdebb3a0-4569-5530-ba59-0729335378ff"},"spec":{"size":0}}');
INSERT INTO public.kdm_objects VALUES (3, '\xe68ff53d43fe8d03b8efe611a7540607d1dc2d1f7103e66b58a53f1eca0ead01', 170, '{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00001","namespace":"shop","uid":"a9230137-6b2e-5c67-924f-f4a4ce8204a0"},"spec":{"size":1}}');

INSERT INTO public.kdm_reads VALUES (1, '', 'nodes');
INSERT INTO public.kdm_reads VALUES (2, 'widgets', 'widgets.parts.example.org');

INSERT INTO public.kdm_snapshots VALUES (1, '827e22c4-3aa3-4fea-bbab-5c331fc5d78d', '2024-03-15 10:30:15', 'prod', '{"nodes":5,"platform":"eks","version":"v1.30.1"}', 'uid-of-prod', 'kubernetes', NULL, NULL, NULL, 1, 'salt-1', 1.5, '2026-11-27 18:07:56', '1:6ccb5fe7454fa7de54b93132fffa4bab81730af1336ec3c8ac2e2dcb7ea84b2c', '2024-03-15 10:30:15', NULL);
INSERT INTO public.kdm_snapshots VALUES (2, '7df50001-3725-462e-a148-77d9bd2318b2', '2024-03-15 10:30:15', 'prod', '{"nodes":5,"platform":"eks","version":"v1.30.1"}', 'uid-of-prod', 'kubernetes', NULL, NULL, NULL, 1, 'salt-1', 1.5, '2026-11-27 18:07:56', '1:efe17d828452a248f3a287c07959bebe0fadb3c0fdba3ed67696801871a205bc', '2024-03-15 10:30:15', NULL);

INSERT INTO public.kdm_types VALUES (1, 'widgets', '{"columns": [{"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "name", "levels": [], "name": "name", "path": "", "show": "never", "title": "Name", "type": "text", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "namespace", "levels": [], "name": "namespace", "path": "", "show": "never", "title": "Namespace", "type": "text", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "size", "levels": [], "name": "size", "path": "", "show": "never", "title": "Size", "type": "integer", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "weight", "levels": [], "name": "weight", "path": "", "show": "never", "title": "Weight", "type": "real", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "polished", "levels": [], "name": "polished", "path": "", "show": "never", "title": "Polished", "type": "boolean", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "colours", "levels": [], "name": "colours", "path": "", "show": "never", "title": "Colours", "type": "list", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "labels", "levels": [], "name": "labels", "path": "", "show": "never", "title": "Labels", "type": "json", "value": "", "volatile": false}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "in_use", "levels": [], "name": "in_use", "path": "", "show": "never", "title": "In Use", "type": "integer", "value": "", "volatile": true}, {"align": "auto", "at_least": "", "description": "", "filter": "", "importance": 50, "key": "why", "levels": [], "name": "why", "path": "", "show": "never", "title": "Why", "type": "text", "value": "", "volatile": true}], "command": "widget", "count": "widget_count", "description": "", "identity": ["namespace", "name"], "name": "widgets", "order": 10, "plural": "Widgets", "relations": [], "singular": "Widget", "skip": "widgets"}', 7);

INSERT INTO public.kdm_views VALUES ('inventory_snapshots');
INSERT INTO public.kdm_views VALUES ('inventory_ledger');
INSERT INTO public.kdm_views VALUES ('widgets');
INSERT INTO public.kdm_views VALUES ('latest_widgets');
INSERT INTO public.kdm_views VALUES ('changes');

INSERT INTO public.kdm_widgets_refs VALUES (1, 1, 1, 1, 1);
INSERT INTO public.kdm_widgets_refs VALUES (1, 2, 3, 1, 1);
INSERT INTO public.kdm_widgets_refs VALUES (1, 3, 2, 1, 1);
INSERT INTO public.kdm_widgets_refs VALUES (2, 4, 1, 1, 1);
INSERT INTO public.kdm_widgets_refs VALUES (2, 5, 3, 1, 1);
INSERT INTO public.kdm_widgets_refs VALUES (2, 6, 2, 1, 1);

INSERT INTO public.kdm_widgets_rows VALUES (1, '\x52fa64e22c605a85921e018e6bdce13ccac963d23281f64697975690b22f9b1c', 2, 'widget-00000', 'shop', 0, NULL, NULL, '', '{}');
INSERT INTO public.kdm_widgets_rows VALUES (2, '\x93a66b12ef958313d9f39e0c9955fe2c755d1a31109b94e390e42aeae1c6641b', 1, 'widget-00002', 'shop', 2, NULL, NULL, '', '{}');
INSERT INTO public.kdm_widgets_rows VALUES (3, '\xfb31fd49bde800281945eefe671b40cd961bfc64876bfc8433c5d40547689876', 3, 'widget-00001', 'shop', 1, NULL, NULL, '', '{}');

INSERT INTO public.kdm_widgets_states VALUES (1, '\xf03eaa27d94d95c259a5070b9e80a3c7', 0, NULL);

SELECT pg_catalog.setval('public.kdm_beside_id_seq', 1, true);

SELECT pg_catalog.setval('public.kdm_clusters_id_seq', 1, true);

SELECT pg_catalog.setval('public.kdm_indexed_id_seq', 1, true);

SELECT pg_catalog.setval('public.kdm_objects_id_seq', 3, true);

SELECT pg_catalog.setval('public.kdm_reads_id_seq', 2, true);

SELECT pg_catalog.setval('public.kdm_snapshots_id_seq', 2, true);

SELECT pg_catalog.setval('public.kdm_types_id_seq', 1, true);

SELECT pg_catalog.setval('public.kdm_widgets_rows_kdm_id_seq', 3, true);

SELECT pg_catalog.setval('public.kdm_widgets_states_kdm_id_seq', 1, true);

ALTER TABLE ONLY public.kdm_baselines
    ADD CONSTRAINT kdm_baselines_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.kdm_beside
    ADD CONSTRAINT kdm_beside_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.kdm_beside
    ADD CONSTRAINT kdm_beside_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kdm_clusters
    ADD CONSTRAINT kdm_clusters_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kdm_clusters
    ADD CONSTRAINT kdm_clusters_uid_source_key UNIQUE (uid, source);

ALTER TABLE ONLY public.kdm_counts
    ADD CONSTRAINT kdm_counts_pkey PRIMARY KEY (snapshot_id, type_id);

ALTER TABLE ONLY public.kdm_index
    ADD CONSTRAINT kdm_index_pkey PRIMARY KEY (indexed_id, uid);

ALTER TABLE ONLY public.kdm_indexed
    ADD CONSTRAINT kdm_indexed_cluster_id_resource_key UNIQUE (cluster_id, resource);

ALTER TABLE ONLY public.kdm_indexed
    ADD CONSTRAINT kdm_indexed_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kdm_leases
    ADD CONSTRAINT kdm_leases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kdm_ledger
    ADD CONSTRAINT kdm_ledger_pkey PRIMARY KEY (snapshot_id, "position");

ALTER TABLE ONLY public.kdm_lists
    ADD CONSTRAINT kdm_lists_pkey PRIMARY KEY (indexed_id, type_id);

ALTER TABLE ONLY public.kdm_memos
    ADD CONSTRAINT kdm_memos_pkey PRIMARY KEY (object_id);

ALTER TABLE ONLY public.kdm_meta
    ADD CONSTRAINT kdm_meta_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.kdm_migrations
    ADD CONSTRAINT kdm_migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.kdm_objects
    ADD CONSTRAINT kdm_objects_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.kdm_objects
    ADD CONSTRAINT kdm_objects_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kdm_reads
    ADD CONSTRAINT kdm_reads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kdm_reads
    ADD CONSTRAINT kdm_reads_resource_type_read_key UNIQUE (resource_type, read);

ALTER TABLE ONLY public.kdm_snapshots
    ADD CONSTRAINT kdm_snapshots_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kdm_snapshots
    ADD CONSTRAINT kdm_snapshots_uuid_key UNIQUE (uuid);

ALTER TABLE ONLY public.kdm_types
    ADD CONSTRAINT kdm_types_name_key UNIQUE (name);

ALTER TABLE ONLY public.kdm_types
    ADD CONSTRAINT kdm_types_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kdm_views
    ADD CONSTRAINT kdm_views_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.kdm_widgets_refs
    ADD CONSTRAINT kdm_widgets_refs_pkey PRIMARY KEY (snapshot_id, id);

ALTER TABLE ONLY public.kdm_widgets_rows
    ADD CONSTRAINT kdm_widgets_rows_kdm_digest_key UNIQUE (kdm_digest);

ALTER TABLE ONLY public.kdm_widgets_rows
    ADD CONSTRAINT kdm_widgets_rows_pkey PRIMARY KEY (kdm_id);

ALTER TABLE ONLY public.kdm_widgets_states
    ADD CONSTRAINT kdm_widgets_states_kdm_digest_key UNIQUE (kdm_digest);

ALTER TABLE ONLY public.kdm_widgets_states
    ADD CONSTRAINT kdm_widgets_states_pkey PRIMARY KEY (kdm_id);

CREATE INDEX kdm_snapshots_cluster ON public.kdm_snapshots USING btree (cluster_context, sorted_at);

CREATE INDEX kdm_snapshots_sorted ON public.kdm_snapshots USING btree (sorted_at);

CREATE INDEX kdm_snapshots_time ON public.kdm_snapshots USING btree ("timestamp");

ALTER TABLE ONLY public.kdm_baselines
    ADD CONSTRAINT kdm_baselines_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.kdm_snapshots(id);

ALTER TABLE ONLY public.kdm_counts
    ADD CONSTRAINT kdm_counts_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.kdm_snapshots(id);

ALTER TABLE ONLY public.kdm_counts
    ADD CONSTRAINT kdm_counts_type_id_fkey FOREIGN KEY (type_id) REFERENCES public.kdm_types(id);

ALTER TABLE ONLY public.kdm_index
    ADD CONSTRAINT kdm_index_indexed_id_fkey FOREIGN KEY (indexed_id) REFERENCES public.kdm_indexed(id);

ALTER TABLE ONLY public.kdm_indexed
    ADD CONSTRAINT kdm_indexed_cluster_id_fkey FOREIGN KEY (cluster_id) REFERENCES public.kdm_clusters(id);

ALTER TABLE ONLY public.kdm_ledger
    ADD CONSTRAINT kdm_ledger_read_id_fkey FOREIGN KEY (read_id) REFERENCES public.kdm_reads(id);

ALTER TABLE ONLY public.kdm_ledger
    ADD CONSTRAINT kdm_ledger_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.kdm_snapshots(id);

ALTER TABLE ONLY public.kdm_lists
    ADD CONSTRAINT kdm_lists_indexed_id_fkey FOREIGN KEY (indexed_id) REFERENCES public.kdm_indexed(id);

ALTER TABLE ONLY public.kdm_lists
    ADD CONSTRAINT kdm_lists_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.kdm_snapshots(id);

ALTER TABLE ONLY public.kdm_lists
    ADD CONSTRAINT kdm_lists_type_id_fkey FOREIGN KEY (type_id) REFERENCES public.kdm_types(id);

ALTER TABLE ONLY public.kdm_widgets_refs
    ADD CONSTRAINT kdm_widgets_refs_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.kdm_snapshots(id);
