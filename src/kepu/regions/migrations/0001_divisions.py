import django.db.models.deletion
import kepu.foundation.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='DivisionChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('rename', 'Renamed'), ('recode', 'New code or new parent'), ('merge', 'Merged'), ('split', 'Split')], max_length=8)),
                ('on', models.DateField()),
                ('basis', models.CharField(blank=True, max_length=200)),
                ('old_name', models.CharField(blank=True, max_length=60)),
                ('new_name', models.CharField(blank=True, max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='Division',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', kepu.foundation.fields.RegionPathField(db_index=True, max_length=120, unique=True)),
                ('code', models.CharField(max_length=16, verbose_name='Code')),
                ('has_official_code', models.BooleanField(default=True)),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('short_name', models.CharField(max_length=30, verbose_name='Short name')),
                ('kind', models.CharField(choices=[('province', 'Province'), ('prefecture', 'Prefecture-level city'), ('county', 'County or district'), ('township', 'Township or subdistrict'), ('village', 'Village or community'), ('zone', 'Zone (high-tech, development)')], max_length=12, verbose_name='Kind')),
                ('sort_order', models.PositiveIntegerField(default=0, verbose_name='Order')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='Valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='Valid to')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='regions.division')),
            ],
            options={
                'ordering': ('path',),
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='division_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='DivisionChangeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('share', models.DecimalField(decimal_places=8, default=1, max_digits=9)),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='regions.divisionchange')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.division')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.division')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('change', 'source', 'target'), name='one_arrow_a_change'), models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 1)), name='share_is_a_part')],
            },
        ),
        migrations.CreateModel(
            name='Population',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='Year')),
                ('persons', models.PositiveBigIntegerField(verbose_name='Residents')),
                ('source', models.CharField(blank=True, max_length=120, verbose_name='Source')),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='populations', to='regions.division')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('division', 'year'), name='one_population_a_year')],
            },
        ),
    ]
